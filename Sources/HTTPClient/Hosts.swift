import Foundation
import Values

/// What names of machines stand for.
enum Hosts {
    /// An address of a name, where all that it stands for are of the public network.
    static func publicAddress(of host: String) throws(WebClient.Failure) -> String {
        try address(of: host, "it is in a network of our own, where webhooks do not go", \.isPublic)
    }

    /// An address of a name, where nothing that it stands for is never asked.
    static func address(of host: String) throws(WebClient.Failure) -> String {
        try address(of: host, "nothing is ever sent to that address") { !$0.isNeverAsked }
    }

    private static func address(
        of host: String, _ reason: String, _ isFit: (NetworkAddress) -> Bool
    ) throws(WebClient.Failure) -> String {
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        let found = addresses(of: bare)
        guard let first = found.first else { throw WebClient.Failure(description: "its name is not known") }
        // One that is not fit would do for an attack: which of them is taken is not for the asked to choose.
        guard found.allSatisfy(isFit) else { throw WebClient.Failure(description: reason) }
        return first.text
    }

    private static func addresses(of host: String) -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        return sequence(first: list, next: { $0?.pointee.ai_next }).prefix { $0 != nil }.compactMap { entry in
            guard let entry, let address = entry.pointee.ai_addr else { return nil }
            switch entry.pointee.ai_family {
            case AF_INET:
                return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { four in
                    var number = four.pointee.sin_addr
                    return NetworkAddress(bytes: withUnsafeBytes(of: &number) { Array($0) })
                }
            case AF_INET6:
                return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { sixteen in
                    var number = sixteen.pointee.sin6_addr
                    return NetworkAddress(bytes: withUnsafeBytes(of: &number) { Array($0) })
                }
            default: return nil
            }
        }
    }
}
