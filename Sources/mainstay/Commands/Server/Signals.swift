import Foundation
import Logging
import WebApp

/// What signals mean to a server: SIGHUP reads the certificate and opens the log file again; SIGTERM and SIGINT stop it, and
/// whatever keeps it then is cut off.
final class Signals {
    private let server: WebServer
    private let logger: Logger
    /// The file that the log goes to; nil where it is none.
    private let logFile = Signals.path(of: STDERR_FILENO)
    private var sources: [any DispatchSourceSignal] = []
    private let queue = DispatchQueue(label: "signals")

    /// Writes what the log still holds.
    private let flush: @Sendable () -> Void

    init(_ server: WebServer, _ logger: Logger, flush: @escaping @Sendable () -> Void) {
        self.server = server
        self.logger = logger
        self.flush = flush
    }

    /// So many seconds requests have to end once the server is told to stop: less than a service manager waits.
    private static let grace = 20.0

    func listen() {
        // Without this it would end the process beside being told here.
        signal(SIGHUP, SIG_IGN)
        on(SIGHUP) { [server, logger, logFile] in
            Signals.openAgain(logFile, logger)
            do {
                try server.readCertificateAgain()
                logger.notice("the certificate was read again, and the log opened again, where there is one")
            } catch {
                logger.error(
                    "the certificate was not read again: the one before stays", metadata: ["failure": "\(error)"])
            }
        }
        for number in [SIGTERM, SIGINT] { on(number) { [logger, flush] in Signals.end(logger, flush) } }
    }

    private func on(_ number: Int32, _ body: @escaping @Sendable () -> Void) {
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler(handler: body)
        source.resume()
        sources.append(source)
    }

    /// Ends the process after a while, if it has not ended by itself. Of the database nothing is lost by that: what was
    /// acknowledged is on the disk.
    private static func end(_ logger: Logger, _ flush: @escaping @Sendable () -> Void) {
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: grace)
            logger.warning(
                "stopped, and requests that still ran were cut off", metadata: ["after_seconds": "\(Int(grace))"])
            flush()
            _exit(0)
        }
    }

    /// Where an open file is, if it is one.
    private static func path(of descriptor: Int32) -> String? {
        guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)"),
            let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            attributes[.type] as? FileAttributeType == .typeRegular
        else { return nil }
        return path
    }

    /// Writes on in the file of that name, which may be another by now: the one before was put away.
    private static func openAgain(_ path: String?, _ logger: Logger) {
        guard let path else { return }
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0, dup2(descriptor, STDERR_FILENO) >= 0 else {
            logger.error(
                "the log was not opened again: it goes where it went",
                metadata: ["file": "\(path)", "failure": "\(String(cString: strerror(errno)))"])
            return
        }
        close(descriptor)
    }
}
