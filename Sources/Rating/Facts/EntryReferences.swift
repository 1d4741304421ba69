import Agreements

/// For each entry the number of its request and of its work type, so that names are looked up once.
struct EntryReferences {
    /// The place of each entry's request in the request book, or -1 where it is not there.
    private(set) var requests: [Int32] = []
    /// The number of each entry's work type.
    private(set) var types: [Int32] = []
    /// How many work types there are.
    private(set) var workTypes: Int

    init(_ entries: [TimeEntry], _ book: RequestBook) {
        requests.reserveCapacity(entries.count)
        types.reserveCapacity(entries.count)
        var names: [WorkTypeID] = []
        var numbers: [WorkTypeID: Int32] = [:]
        // By place, for an entry has many parts to copy.
        for index in entries.indices {
            requests.append(Int32(book.index(of: entries[index].request) ?? -1))
            let type = entries[index].workType
            // Few types make up most work: comparing with the first ones is cheaper than hashing.
            if let near = names.prefix(8).firstIndex(of: type) {
                types.append(Int32(near))
            } else if let known = numbers[type] {
                types.append(known)
            } else {
                types.append(Int32(names.count))
                numbers[type] = Int32(names.count)
                names.append(type)
            }
        }
        workTypes = names.count
    }
}

/// The numbers of the kinds of work of each client, in a table where that stays small.
struct KindTable {
    private let workTypes: Int
    private let likenesses: Int
    private var table: [Int32]
    private var dictionary: [Int: Int32] = [:]
    private static let tableLimit = 1 << 22

    init(workTypes: Int, likenesses: Int, clients: Int) {
        self.workTypes = workTypes
        self.likenesses = likenesses
        let (size, overflow) = (2 * workTypes * likenesses).multipliedReportingOverflow(by: clients)
        table = overflow || size > KindTable.tableLimit ? [] : [Int32](repeating: -1, count: size)
    }

    /// The number of a kind; a new one is made by the closure.
    mutating func number(
        client: Int, likeness: Int32, workType: Int32, isOutside: Bool, makeNew: () -> Int32
    ) -> Int32 {
        let place = 2 * ((client * likenesses + Int(likeness)) * workTypes + Int(workType)) + (isOutside ? 1 : 0)
        if !table.isEmpty {
            if table[place] < 0 { table[place] = makeNew() }
            return table[place]
        }
        if let known = dictionary[place] { return known }
        let new = makeNew()
        dictionary[place] = new
        return new
    }
}
