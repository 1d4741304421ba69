import Foundation
import Testing
import Values

@testable import ServiceDesk

@Suite("Passwords and codes")
struct PasswordTests {
    private let cheap = PasswordHasher.Cost(logRounds: 4, blockSize: 8, parallelism: 1)
    private let random: @Sendable (Int) -> [UInt8] = { count in (0..<count).map { _ in .random(in: .min ... .max) } }

    @Test("What is kept of a password tells it from others, and says how it was made")
    func hash() throws {
        let hasher = PasswordHasher(cost: cheap, random: random)
        let kept = try hasher.hash("nine quiet larches")
        #expect(kept.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        #expect(try hasher.hash("nine quiet larches") != kept)
        #expect(try hasher.isRight("nine quiet larches", for: kept))
        #expect(try !hasher.isRight("nine quiet larches ", for: kept))
        #expect(try !hasher.isRight("nine quiet larches", for: nil))
        for broken in [
            "", "$scrypt$", "$scrypt$ln=99,r=8,p=1$AAAA$AAAA", "$argon2id$v=19$m=1,t=1,p=1$AAAA$AAAA", "plain",
        ] {
            #expect(try !hasher.isRight("nine quiet larches", for: broken), "\(broken)")
        }
        // The same letters, typed as one code point or as two.
        #expect(try hasher.isRight("cafe\u{301} au lait noir", for: hasher.hash("caf\u{E9} au lait noir")))
    }

    @Test("A text made at another cost still works, and is made anew")
    func outdated() throws {
        let kept = try PasswordHasher(cost: cheap, random: random).hash("nine quiet larches")
        let today = PasswordHasher(cost: .init(logRounds: 5, blockSize: 8, parallelism: 1), random: random)
        #expect(try today.isRight("nine quiet larches", for: kept))
        #expect(today.isOutdated(kept))
        #expect(try !today.isOutdated(today.hash("x")))
        #expect(PasswordHasher.Cost.recommended == .init(logRounds: 15, blockSize: 8, parallelism: 3))
    }

    @Test(
        "A password is refused with the reason",
        arguments: [
            ("short", "it has 5 characters"), ("aaaaaaaaaaaaaa", "only 1 different"),
            ("my password is this", "first that anybody"),
            ("ari.stone is my name", "your name, e-mail or company"), ("mainstay forever", "first that anybody"),
            (String(repeating: "long words ", count: 20), "it has 220 characters"),
            ("2 harbor streets", "your name, e-mail or company"),
            (String(repeating: "a\u{301}", count: 60_000), "it has 180000 bytes"),
            ("1qaz2wsx3edc", "soon guessed"), ("1qaz2wsx3edc4rfv", "soon guessed"), ("zaq12wsxcde3", "soon guessed"),
            ("1a2s3d4f5g6h", "soon guessed"), ("1a2b3c4d5e6f", "soon guessed"), ("q1w2e3r4t5z6", "soon guessed"),
            ("poiuytrewqas", "soon guessed"), ("poiuztrewqas", "soon guessed"), ("yxcvbnmasdfg", "soon guessed"),
            ("mnbvcxylkjhg", "soon guessed"), ("wxcvbnazerty", "soon guessed"), ("147258369000", "soon guessed"),
            ("summer2026!!", "soon guessed"), ("dragonmonkey12", "soon guessed"), ("abcabcabcxyz", "soon guessed"),
            ("P4ssw0rd2026!", "soon guessed"), ("aaaabbbbcccc12", "soon guessed"),
        ])
    func rules(password: String, says: String) {
        let refused = #expect(throws: Problems.self) {
            try PasswordRules.check(
                password, email: "ari.stone@agency.example", name: "Ari Stone", company: "Harbor Books")
        }
        #expect(refused?.description.contains(says) == true, "\(refused?.description ?? "")")
    }

    @Test(
        "Any letters do",
        arguments: [
            "nine quiet larches", "Ærøskøbing om natten", "七つの灰色の鷺が夕暮れに飛ぶ", "vT9#kLm2$pQx", "i love my small dog",
            "the cat sat on a wall", "tide\0 lantern quiver",
        ])
    func anyLetters(password: String) throws {
        try PasswordRules.check(password, email: "ari.stone@agency.example", name: "Ari Stone")
    }

    @Test(
        "Codes are those of RFC 6238, appendix B",
        arguments: [
            (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
            (2_000_000_000, "279037"), (20_000_000_000, "353130"),
        ])
    func codes(seconds: Int, code: String) {
        let secret = TOTPSecret(bytes: Array("12345678901234567890".utf8))
        #expect(secret.code(step: seconds / 30) == code)
        let now = Instant(seconds: seconds)
        #expect(secret.step(of: code, at: now, after: 0) == seconds / 30)
        #expect(secret.step(of: code, at: Instant(seconds: seconds + 30), after: 0) == seconds / 30)
        #expect(secret.step(of: code, at: Instant(seconds: seconds + 90), after: 0) == nil)
        #expect(secret.step(of: code, at: now, after: seconds / 30) == nil)
    }

    @Test("A key as text is the key again")
    func keys() throws {
        #expect(TOTPSecret(bytes: Array("12345678901234567890".utf8)).text == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        for length in 16...40 {
            let secret = TOTPSecret(bytes: random(length))
            #expect(TOTPSecret(text: secret.text.lowercased()) == secret)
        }
        #expect(TOTPSecret(text: "GEZD") == nil)
        #expect(TOTPSecret(text: "1EZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") == nil)
    }
}

@Suite("Mail is handed to a command")
struct MailCommandTests {
    @Test("It gets what any program needs of our environment, and no secret")
    func environment() {
        let ours = [
            "PATH": "/bin", "HOME": "/var/lib/mainstay", "LANG": "C.UTF-8", "PGPASSWORD": "x", "MAINSTAY_DATABASE": "x",
            "MAINSTAY_METRICS_TOKEN": "x", "MAINSTAY_TOKEN": "x", "AWS_SECRET_ACCESS_KEY": "x", "LD_PRELOAD": "x",
        ]
        #expect(
            ChildEnvironment.of(ours) == ["PATH": "/bin", "HOME": "/var/lib/mainstay", "LANG": "C.UTF-8"])
        #expect(ChildEnvironment.of([:])["PATH"]?.contains("/usr/sbin") == true)
    }

    @Test("The message goes to its standard input, whom it is for as its last argument")
    func sends() throws {
        let folder = NSTemporaryDirectory() + "mail-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let script =
            "#!/bin/sh\nprintf '%s\\n' \"$@\" > \(folder)/arguments\ncat > \(folder)/message\nenv > \(folder)/environment\n"
        try script.write(toFile: "\(folder)/send", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/send")
        let mail = MailCommand(command: ["\(folder)/send", "-i"], sender: "desk@agency.example")
        #expect(mail.deliver("To: ari@agency.example\n\nLine one\n.\nLine three", to: "ari@agency.example") == nil)
        #expect(try String(contentsOfFile: "\(folder)/arguments", encoding: .utf8) == "-i\n--\nari@agency.example\n")
        let names = try String(contentsOfFile: "\(folder)/environment", encoding: .utf8).split(separator: "\n")
            .compactMap { $0.split(separator: "=").first.map(String.init) }
        #expect(names.contains("PATH"))
        // The shell adds some of its own.
        let known = [
            "PATH", "HOME", "LANG", "LC_ALL", "TZ", "USER", "LOGNAME", "LD_LIBRARY_PATH", "PWD", "SHLVL", "_", "OLDPWD",
        ]
        #expect(names.allSatisfy(known.contains), "\(names)")
        let message = try String(contentsOfFile: "\(folder)/message", encoding: .utf8)
        #expect(message == "To: ari@agency.example\n\nLine one\n.\nLine three")
    }

    @Test("What goes wrong is told, and nobody waits for ever", arguments: ["/bin/false", "/no/such/program"])
    func fails(program: String) {
        #expect(MailCommand(command: [program], sender: "a@b.example").deliver("x", to: "x@y.example") != nil)
    }

    @Test("What is too long is no password, and costs nothing of its own")
    func tooLong() throws {
        let hasher = PasswordHasher(
            cost: .init(logRounds: 4, blockSize: 8, parallelism: 1), random: { [UInt8](repeating: 7, count: $0) })
        let marks = "a" + String(repeating: "\u{323}\u{307}", count: 30_000)
        #expect(throws: Problems.self) { try hasher.hash(marks) }
        #expect(throws: Problems.self) { try PasswordRules.check(marks, email: "a@b.example", name: "A") }
        #expect(try !hasher.isRight(marks, for: hasher.hash("seven grey herons")))
        #expect(!marks.isStreamSafe && "Zoë a\u{323}\u{307}".isStreamSafe)
    }
}
