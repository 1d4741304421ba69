import Crypto
import Formats
import Foundation
import Storage

/// Browsers in which somebody signed in before. Whoever guesses from elsewhere keeps nobody waiting there.
///
/// What a browser keeps is a number and its proof by the password that is kept: nothing more is stored, it is good on every
/// server, and it ends when the password changes.
extension SignIn {
    /// What a browser keeps that has just signed in; nil for whoever has no password.
    package func device(ofSession token: String) throws -> String? {
        let account = try desk.store.read { connection -> Accounts.Account? in
            let accounts = Accounts(connection)
            guard let session = try accounts.session(SignIn.hash(token)), !session.isHalf else { return nil }
            return try accounts.account(of: session.user)
        }
        guard let account, account.password != nil else { return nil }
        let number = newToken()
        return SignIn.proof(of: number, account).map { "\(number).\($0)" }
    }

    /// The number of a browser in which somebody signed in before; nil where it is not known.
    static func knownDevice(_ cookie: String, of account: Accounts.Account) -> String? {
        guard cookie.utf8.count < 200, cookie.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let parts = cookie.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let right = proof(of: parts[0], account),
            ConstantTime.areEqual(right.utf8, parts[1].utf8)
        else { return nil }
        return parts[0]
    }

    private static func proof(of number: String, _ account: Accounts.Account) -> String? {
        guard let password = account.password else { return nil }
        let key = SymmetricKey(data: SHA256.hash(data: Data(password.utf8)))
        let code = HMAC<SHA256>.authenticationCode(for: Data("device/\(account.user)/\(number)".utf8), using: key)
        return Hex.text(code)
    }
}
