import SiteKit

/// What is shared among all who use a server.
struct Shares: Sendable {
    /// The bytes of what people type, from when they begin to come until they are answered.
    let typed = Share(all: 32 << 20, each: 4 << 20)
    /// The same of people who are not signed in: they cannot use up what others have.
    let strangers = Share(all: 8 << 20, each: 1 << 20)
    /// The bytes of files.
    let files = Share(all: 100 << 20, each: 2 * Route.BodyLimit.upload.rawValue)
    /// Wrong tokens that are yet to be counted, by address: more are not counted, for they keep nobody from saving.
    let wrongTokens = Share(all: 16, each: 4)
    /// Passwords that are tried: thirty at once would keep pages waiting. The others wait for their turn; an office of forty
    /// that signs in at nine has one address.
    let passwords: WaitingLine

    /// - Parameter patience: how long somebody waits in the line of passwords.
    init(patience: Duration) {
        passwords = WaitingLine(
            working: .init(all: 8, each: 4), waiting: .init(all: 256, each: 64), patience: patience)
    }
}
