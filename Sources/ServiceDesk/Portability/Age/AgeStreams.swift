import Crypto

/// Seals what is written, piece by piece.
struct AgeSealer {
    private let key: SymmetricKey
    private let write: ([UInt8]) throws -> Void
    private var waiting: [UInt8] = []
    private var number: UInt64 = 0

    /// - Parameters:
    ///   - random: so many bytes that nobody can guess.
    ///   - write: takes what is sealed.
    init(for recipient: AgeRecipient, random: (Int) -> [UInt8], write: @escaping ([UInt8]) throws -> Void) throws {
        let fileKey = random(16)
        let nonce = random(16)
        key = AgeFormat.contentKey(fileKey, nonce: nonce)
        self.write = write
        try write(AgeFormat.header(fileKey: fileKey, for: recipient, ephemeral: random(32)) + nonce)
    }

    mutating func add(_ bytes: some Sequence<UInt8>) throws {
        waiting += bytes
        // The last piece may be full, but only what follows tells that one is not the last.
        var start = 0
        while waiting.count - start > AgeFormat.piece {
            try seal(waiting[start..<start + AgeFormat.piece], isLast: false)
            start += AgeFormat.piece
        }
        waiting.removeFirst(start)
    }

    /// Writes the last piece.
    mutating func finish() throws { try seal(waiting[...], isLast: true) }

    private mutating func seal(_ piece: ArraySlice<UInt8>, isLast: Bool) throws {
        let box = try ChaChaPoly.seal(piece, using: key, nonce: AgeFormat.nonce(number, isLast: isLast))
        number += 1
        try write(Array(box.ciphertext + box.tag))
    }
}

/// Opens what was sealed, piece by piece. Nothing of a piece is given before it is known to be whole.
struct AgeOpener: ByteSource {
    private var source: any ByteSource
    private var waiting: [UInt8] = []
    private let key: SymmetricKey
    private var number: UInt64 = 0
    private var isOver = false

    /// - Throws: ``AgeFailure`` where no identity opens it.
    init(_ source: any ByteSource, _ identities: [AgeIdentity]) throws {
        var source = source
        var read: [UInt8] = []
        var header: [UInt8]?
        // The header ends with the line of its MAC; behind it is a nonce.
        while header == nil {
            let more = try source.next()
            read += more
            if let mac = read.firstRange(of: Array("\n--- ".utf8)) {
                let rest = read[mac.upperBound...]
                header = rest.firstIndex(of: 0x0A).map { Array(read[...$0]) }
            }
            if header == nil, more.isEmpty || read.count > AgeFormat.longestHeader { throw AgeFailure.header }
        }
        let head = header ?? []
        guard let fileKey = try AgeFormat.fileKey(head, identities) else { throw AgeFailure.otherKey }
        read.removeFirst(head.count)
        while read.count < 16 {
            let more = try source.next()
            if more.isEmpty { throw AgeFailure.content }
            read += more
        }
        key = AgeFormat.contentKey(fileKey, nonce: Array(read[..<16]))
        waiting = Array(read[16...])
        self.source = source
    }

    mutating func next() throws -> [UInt8] {
        guard !isOver else { return [] }
        let full = AgeFormat.piece + AgeFormat.tag
        var isEnd = false
        while waiting.count <= full, !isEnd {
            let more = try source.next()
            isEnd = more.isEmpty
            waiting += more
        }
        let piece = waiting.prefix(full)
        isOver = piece.count == waiting.count
        guard piece.count >= AgeFormat.tag, piece.count > AgeFormat.tag || number == 0 else { throw AgeFailure.content }
        let box = try ChaChaPoly.SealedBox(
            nonce: AgeFormat.nonce(number, isLast: isOver), ciphertext: piece.dropLast(AgeFormat.tag),
            tag: piece.suffix(AgeFormat.tag))
        guard let content = try? ChaChaPoly.open(box, using: key) else { throw AgeFailure.content }
        waiting.removeFirst(piece.count)
        number += 1
        return Array(content)
    }
}
