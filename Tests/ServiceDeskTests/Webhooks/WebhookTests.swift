import Foundation
import Testing
import Values

@testable import ServiceDesk

@Suite("Webhooks")
struct WebhookTests {
    @Test("A signature is the one that the libraries of Standard Webhooks make")
    func signature() throws {
        let secret = try #require(WebhookSecret(text: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let made = secret.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: #"{"test": 2432232314}"#)
        #expect(made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test("Every event is described, as the code has it")
    func documentation() throws {
        let text = try String(contentsOfFile: Examples.path("../docs/webhooks.md"), encoding: .utf8)
        for event in DeskEvent.offered {
            #expect(text.contains("| `\(event.rawValue)` | \(event.meaning) |"), "\(event)")
        }
        let seconds = WebhookRoom.waits.map { $0 < 60 ? "\($0) s" : $0 < 3600 ? "\($0 / 60) min" : "\($0 / 3600) h" }
        #expect(seconds == ["5 s", "5 min", "30 min", "2 h", "5 h", "10 h", "14 h", "20 h", "24 h"])
    }

    @Test("A secret reads back as it is written, is of the right length, and is in no description")
    func secret() throws {
        let secret = WebhookSecret { [UInt8](repeating: 7, count: $0) }
        #expect(WebhookSecret(text: secret.text) == secret)
        for wrong in ["", "whsec_", "whsec_AAAA", String(secret.text.dropFirst(6)), "whsec_!" + secret.text] {
            #expect(WebhookSecret(text: wrong) == nil, "\(wrong)")
        }
        var dumped = "\(secret) \(String(reflecting: secret))"
        dump(secret, to: &dumped)
        #expect(!dumped.contains("BwcH") && !dumped.contains("7, 7") && !dumped.contains("- 7"))
    }

    @Test(
        "Machines of the public network may be told",
        arguments: [
            "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
            "192.167.255.255", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450::1",
            "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1",
        ])
    func open(text: String) throws {
        let address = try #require(NetworkAddress(text: text))
        #expect(address.isPublic)
    }

    @Test(
        "This machine, networks of ours, groups and kept ranges may not, however they are written",
        arguments: [
            "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254",
            "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1",
            "198.19.255.255", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255", "240.0.0.1",
            "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::a00:1",
            "64:ff9b:1::1", "2002:7f00:1::", "2002:c0a8:101::1", "100::1", "2001::1", "2001:db8::1", "3fff::1",
            "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1",
        ])
    func special(text: String) throws {
        let address = try #require(NetworkAddress(text: text))
        #expect(!address.isPublic)
    }

    @Test(
        "Link-local addresses, groups and the metadata of clouds are never asked, however they are written",
        arguments: [
            "0.0.0.0", "169.254.0.1", "169.254.169.254", "224.0.0.1", "255.255.255.255", "168.63.129.16", "192.0.0.192",
            "100.100.100.200", "::", "fe80::1", "febf::1", "fec0::1", "ff02::1", "fd00:ec2::254", "fd20:ce::254",
            "::ffff:169.254.169.254", "::ffff:0:0", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "64:ff9b:1::1",
        ])
    func never(text: String) throws {
        let address = try #require(NetworkAddress(text: text))
        #expect(address.isNeverAsked && !address.isPublic)
    }

    @Test(
        "Networks of one's own are asked where that is allowed",
        arguments: ["10.0.0.1", "127.0.0.1", "192.168.1.1", "::1", "fd12:3456::1", "::ffff:10.0.0.1", "1.1.1.1"])
    func own(text: String) throws {
        let address = try #require(NetworkAddress(text: text))
        #expect(!address.isNeverAsked)
    }

    @Test(
        "Other ways of writing an address are none",
        arguments: [
            "", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "127.1", "fe80::1%eth0", "[::1]", "localhost", "1.1.1.1 ",
        ])
    func notWritten(text: String) {
        #expect(NetworkAddress(text: text) == nil)
    }

    @Test(
        "Addresses of the public network are taken",
        arguments: [
            "https://example.com/hooks", "https://example.com:8443/a?b=c", "https://1.1.1.1/x",
            "https://[2606:4700::1111]/", "HTTPS://Example.Com",
        ])
    func taken(url: String) throws { try WebhookURL.check(url, allowsPrivate: false) }

    @Test(
        "Others are not, however they are written",
        arguments: [
            "", "example.com", "ftp://example.com/", "http://example.com/", "https:///x", "https://localhost/",
            "https://LOCALHOST./", "https://intranet/", "https://printer.local/", "https://db.internal/x",
            "https://a.localhost/", "https://127.0.0.1/", "https://10.1.2.3:8443/", "https://[::1]/",
            "https://[::ffff:127.0.0.1]/", "https://2130706433/", "https://0x7f.0.0.1/", "https://0177.0.0.1/",
            "https://127.1/", "https://1.1.1.1./", "https://user:pass@example.com/", "https://example.com:99999/",
            "https://example.com:0/", "https://user@example.com/",
            "https://example.com/#a", "https://example.com/ x", "https://example.com/\nHost: a",
            "https://ex\u{E4}mple.com/", "https://169.254.169.254/latest/meta-data",
            "https://example.com/" + String(repeating: "a", count: 500),
        ])
    func notTaken(url: String) {
        #expect(throws: Problems.self) { try WebhookURL.check(url, allowsPrivate: false) }
    }

    @Test("Where one's own networks are meant, these are taken too; what is no address is not")
    func ownNetworks() throws {
        for url in ["http://localhost:9000/", "http://10.1.2.3/hooks", "https://printer.local/"] {
            try WebhookURL.check(url, allowsPrivate: true)
        }
        for url in [
            "", "ftp://localhost/", "http://user:pass@localhost/", "javascript:alert(1)",
            "http://169.254.169.254/latest/meta-data", "http://[fe80::1]/", "http://[::ffff:169.254.169.254]/",
            "http://[fd00:ec2::254]/", "http://0.0.0.0/", "http://168.63.129.16/", "http://100.100.100.200/",
        ] {
            #expect(throws: Problems.self) { try WebhookURL.check(url, allowsPrivate: true) }
        }
    }
}
