import Agreements
import ServiceDesk
import Values

/// What pages offer is what the terms that hold today have: a version to come offers nothing yet.
extension StaffVisit {
    /// The terms that hold today where the agency is.
    func offered() throws -> Terms { try terms().offered(on: self.site.settings.zone.date(of: self.now)) }

    /// The terms that hold today where a client is.
    func offered(to client: ClientID) throws -> Terms { try preview { try $0.offered(to: client) } }
}

extension PortalVisit {
    /// The terms that hold today where the client is.
    func offered() throws -> Terms { try preview { try $0.offered(to: client) } }
}
