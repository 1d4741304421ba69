import Database
import HTTPTypes
import Hummingbird
import NIOHTTP1
import ServiceDesk
import SiteKit
import Storage
import Values

/// The page that says why there is none: what is wrong, and what would be right; of our own mistakes only a number.
struct ErrorPage {
    let page: Page
    /// What the log says of our own mistakes.
    let detail: String?
    /// Whether the connection is of no more use.
    let closes: Bool
    /// After how many seconds it may be tried again.
    let retryAfter: Int?

    /// - Parameter isPortal: whether it is for a client, who has no search.
    init(_ error: any Error, requestID: String, isPortal: Bool = false) {
        let elsewhere: HTML =
            isPortal
            ? "It may have moved, or the address is misspelt. <a href=\"\(PortalLink.home)\">Back to your hours</a>"
            : "It may have moved, or the address is misspelt. <a href=\"\(Link.search)\">Search</a> may find what you want."
        var status: HTTPResponse.Status = .internalServerError
        var title = "Something went wrong"
        var text: [HTML] = []
        var detail: String?
        var closes = false
        var retryAfter: Int?
        switch error {
        case PageError.missing:
            (status, title) = (.notFound, "There is no such page")
            text = [elsewhere]
        case PageError.foreignForm:
            (status, title) = (.forbidden, "The form was not sent from here")
            text = [
                "It came from another site, or you were signed out since. Go back, load the page again, and send it once more. Nothing was done."
            ]
            closes = true
        case PageError.tooLarge(let limit):
            (status, title) = (.contentTooLarge, "That is too large")
            text = [
                "At most \(limit / 1_048_576 > 0 ? "\(limit / 1_048_576) MB" : "\(limit / 1024) KB") can be sent at once. Nothing was done."
            ]
            closes = true
        case PageError.tooMuch(let wait):
            (status, title, retryAfter) = (.tooManyRequests, "That is too much at once", wait)
            text = ["Wait \(Written.count(wait, "second")), then try again. Nothing was done."]
        case PageError.crowded:
            (status, title, retryAfter) = (.serviceUnavailable, "Too many people at once", 2)
            text = ["Try again in a moment. Nothing was done."]
        case PageError.noAnswer:
            (status, title, retryAfter) = (.serviceUnavailable, "That took too long to read", 10)
            detail = "reading took too long"
            text = ["Try again in a moment. Nothing was done."]
        case PageError.otherHost:
            (status, title, closes) = (.misdirectedRequest, "This is another site", true)
            text = ["The address names another site than the one that answers here."]
        case PageError.otherType:
            (status, title) = (.unsupportedMediaType, "That cannot be read")
            text = ["Forms are sent as application/x-www-form-urlencoded or multipart/form-data."]
        case PageError.tooSlow:
            (status, title) = (.requestTimeout, "That took too long")
            text = ["What you sent did not arrive in time. Try again. Nothing was done."]
            closes = true
        case PageError.unreadable(let what):
            (status, title) = (.badRequest, "That cannot be read")
            text = ["\(what)"]
        case let refusal as Refusal:
            switch refusal {
            case .nothingThere: (status, title) = (.notFound, "There is no such page")
            case .notAllowed: (status, title) = (.forbidden, "You may not do this")
            case .keyUsedOtherwise:
                (status, title) = (.conflict, "This form was sent before, with something else in it")
            }
            text = ["\(Written.sentence("\(refusal)"))"]
            if isPortal { text.append("<a href=\"\(PortalLink.home)\">Back to your hours</a>") }
        case let problems as Problems:
            (status, title) = (.unprocessableContent, "That cannot be done")
            text = problems.all.map { "\("\($0)")" }
        case StorageError.busy, StorageError.changed:
            (status, title, retryAfter) = (.serviceUnavailable, "The database is busy", 1)
            text = ["Try again in a moment. Nothing was done."]
        case let StorageError.disk(why):
            (status, title, retryAfter) = (.serviceUnavailable, "Nothing can be saved now", 30)
            let reason: HTML = isPortal ? "Nothing was done." : "\(Written.sentence(why)) Nothing was done."
            text = [
                reason, "What is there can still be read. Send it again a little later; it takes no harm from that.",
            ]
            detail = "\(error)"
        case StorageError.cannotOpen:
            // Waiting mends none of these: a damaged file, a right that was taken away.
            (status, title, retryAfter) = (.serviceUnavailable, "The database cannot be used", 60)
            text = [
                "Nothing was done. Whoever runs this site has to see to it: the log says what is wrong, request \(requestID)."
            ]
            detail = "\(error)"
        case StorageError.away, StorageError.connectionLost:
            (status, title, retryAfter) = (.serviceUnavailable, "The database is away", 5)
            text = ["It is being waited for. Try again in a moment. Nothing was done."]
            detail = "\(error)"
        case StorageError.commitUnknown:
            (status, title, retryAfter) = (.serviceUnavailable, "It is not known yet whether this was saved", 1)
            text = [
                "The database did not confirm it.",
                "Sending it again is safe: what was saved is not saved twice. Load this page again to send the same once more.",
            ]
            detail = "\(error)"
        case let error as NotShown:
            let cause = ErrorPage(error.cause, requestID: requestID, isPortal: isPortal)
            (status, detail, retryAfter) = (cause.page.status, cause.detail, cause.retryAfter)
            title = error.isComplete ? "It was saved, but cannot be shown now" : "A part of it was saved"
            text = [
                error.isComplete
                    ? "Nothing has to be sent again. Open the page again in a moment."
                    : "The rest was not. Open the page again in a moment, and look before you send it again.",
                "If that goes on, tell whoever runs this site: request \(requestID).",
            ]
        case let error as any HTTPResponseError where error.status.code < 500:
            status = error.status
            (title, closes) =
                error.status == .notFound ? ("There is no such page", false) : (error.status.reasonPhrase, true)
            text =
                error.status == .notFound
                ? [elsewhere]
                : ["What was sent cannot be understood."]
        case is HTTPParserError:
            (status, title, closes) = (.badRequest, "That cannot be read", true)
            text = ["What was sent is no request as browsers send them."]
        default:
            detail = "\(error)"
            text = [
                "The mistake is ours. Tell whoever runs this site: request \(requestID).",
                "Before you send something again, look whether it was done.",
            ]
        }
        self.detail = detail
        self.closes = closes
        self.retryAfter = retryAfter
        var page = Page(title: title) {
            HTML("<p>\(text.joined(separator: "</p><p>"))</p>")
        }
        page.status = status
        self.page = page
    }
}
