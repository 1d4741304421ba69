package import HTTPTypes

/// What every answer says to browsers about safety (OWASP ASVS 5, chapter 3).
package struct SecurityHeaders: Sendable {
    private let fields: [HTTPField]

    /// - Parameter isSecure: whether the site is reached over TLS, and over nothing else from then on.
    package init(isSecure: Bool) {
        var fields: [HTTPField] = [
            // No script, style or form of anybody else, and none inside a page; no page in a frame.
            HTTPField(
                name: .contentSecurityPolicy,
                value: "default-src 'none'; base-uri 'none'; connect-src 'self'; form-action 'self'; "
                    + "frame-ancestors 'none'; img-src 'self'; script-src 'self'; style-src 'self'"),
            HTTPField(name: .xContentTypeOptions, value: "nosniff"),
            // With "no-referrer", browsers would send forms without their origin.
            HTTPField(name: SecurityHeaders.referrerPolicy, value: "same-origin"),
            HTTPField(name: SecurityHeaders.openerPolicy, value: "same-origin"),
            HTTPField(name: SecurityHeaders.resourcePolicy, value: "same-origin"),
            HTTPField(name: SecurityHeaders.permissionsPolicy, value: "camera=(), geolocation=(), microphone=()"),
        ]
        if isSecure {
            fields.append(HTTPField(name: .strictTransportSecurity, value: "max-age=31536000; includeSubDomains"))
        }
        self.fields = fields
    }

    /// Adds them to an answer. What people see is kept by nobody on the way, unless the answer says otherwise.
    package func add(to headers: inout HTTPFields) {
        for field in fields { headers[field.name] = field.value }
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
    }

    private static let referrerPolicy = known("Referrer-Policy")
    private static let openerPolicy = known("Cross-Origin-Opener-Policy")
    private static let resourcePolicy = known("Cross-Origin-Resource-Policy")
    private static let permissionsPolicy = known("Permissions-Policy")

    package static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no name of a header") }
        return name
    }
}
