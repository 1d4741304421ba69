/// Values by their names, as many as were used lately: what is kept does not grow with what there is.
struct Recent<Value> {
    private let most: Int
    private var young: [String: Value] = [:]
    private var old: [String: Value] = [:]

    /// - Parameter most: at least so many of those used last are kept, and at most twice as many.
    init(most: Int) { self.most = most }

    /// A value, if it is kept. One that is used stays.
    subscript(_ name: String) -> Value? {
        mutating get {
            if let value = young[name] { return value }
            guard let value = old[name] else { return nil }
            self[name] = value
            return value
        }
        set {
            young[name] = newValue
            if newValue == nil { old[name] = nil }
            guard young.count >= most else { return }
            old = young
            young = [:]
        }
    }
}
