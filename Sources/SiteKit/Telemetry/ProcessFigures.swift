import Foundation

/// What Linux says of this process, by the names that Prometheus' own libraries give it.
package enum ProcessFigures {
    package static func text() -> String {
        var text = ""
        let page = sysconf(Int32(_SC_PAGESIZE))
        let statm = contents("/proc/self/statm").split(separator: " ")
        if statm.count > 1, let all = Int(statm[0]), let resident = Int(statm[1]) {
            text += gauge("process_virtual_memory_bytes", all * page)
            text += gauge("process_resident_memory_bytes", resident * page)
        }
        if let files = openFiles { text += gauge("process_open_fds", files) }
        text += gauge("process_max_fds", mostFiles)
        // After the name, which may have spaces in it: from the third field on.
        let stat = contents("/proc/self/stat")
        let fields = stat.lastIndex(of: ")").map { stat[stat.index(after: $0)...].split(separator: " ") } ?? []
        func field(_ number: Int) -> Int? { fields.count > number - 3 ? Int(fields[number - 3]) : nil }
        let ticks = sysconf(Int32(_SC_CLK_TCK))
        if let user = field(14), let system = field(15) {
            text += "# TYPE process_cpu_seconds_total counter\n"
            text += "process_cpu_seconds_total \(Double(user + system) / Double(ticks))\n"
        }
        if let threads = field(20) { text += gauge("process_threads", threads) }
        if let began = field(22), let booted = bootTime {
            text += gauge("process_start_time_seconds", booted + began / ticks)
        }
        return text
    }

    /// How many files, connections included, are open; nil where nobody can tell.
    package static var openFiles: Int? {
        // Where none is left to ask with, that is the answer.
        guard let folder = opendir("/proc/self/fd") else { return errno == EMFILE ? mostFiles : nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Without "." and "..", and the one that was opened to count.
        return count - 3
    }

    /// How many may be.
    package static var mostFiles: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        return Int(clamping: limit.rlim_cur)
    }

    private static var bootTime: Int? {
        contents("/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Int($0.dropFirst(6)) }
    }

    private static func contents(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }

    package static func gauge(_ name: String, _ value: Int) -> String { "# TYPE \(name) gauge\n\(name) \(value)\n" }
}
