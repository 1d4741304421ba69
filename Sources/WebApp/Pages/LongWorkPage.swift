import Database
import HTTPTypes
import ServiceDesk
import SiteKit

/// How far something is that takes longer than people wait for a page, and then what came of it.
enum LongWorkPage {
    static let routes: [Route] = [.get("/progress/{work}", .agent, page)]

    private static func page(_ visit: StaffVisit) throws -> Reply {
        guard let job = visit.site.longWork.job(try visit.named("work"), of: visit.actor.id) else {
            var page = try visit.page("This is not known any more", in: nil) {
                """
                <p>What came of long work is kept for ten minutes, by the server that does it. Look at the page that it is about: what was done is there. Where several servers share the work, another may still be at it.</p>
                """
            }
            page.status = .notFound
            return .page(page)
        }
        switch job.outcome.value {
        case .success(let reply): return reply
        case .failure(let error): return .page(try failure(visit, error, job))
        case nil: break
        }
        let seconds = Int((ContinuousClock.now - job.began).components.seconds)
        var reply = Reply.page(
            try visit.page(job.title, in: nil) {
                """
                <div class="panel stack" role="status"><p>\(stage(job.progress.stage)) It has taken \(Written.count(seconds, "second")) so far.</p>
                \(bar(job.progress.stage))
                <p>This page looks again every two seconds, and shows what came of it. You may leave it: the work goes on.</p></div>
                """
            })
        reply.headers = [HTTPField(name: refresh, value: "2")]
        return reply
    }

    /// Why it was not done. Loading the page again does not try again, and says so.
    private static func failure(_ visit: StaffVisit, _ error: any Error, _ job: LongWork.Job) throws -> Page {
        let why = ErrorPage(error, requestID: job.id)
        // Of our own mistakes the log has to know.
        if why.page.status == .internalServerError { throw error }
        var page = try visit.page(why.page.title, in: nil) {
            """
            \(why.page.content)
            <p>This is what came of “\(job.title)”. To try again, go back to the page where you asked for it: loading this one again does not.</p>
            """
        }
        page.status = why.page.status
        return page
    }

    private static let refresh = SecurityHeaders.known("Refresh")

    private static func stage(_ stage: WorkProgress.Stage?) -> HTML {
        guard let stage else { return "It waits for its turn." }
        guard let share = stage.share else { return "\(Written.sentence(stage.name))" }
        return "\(Written.sentence("\(stage.name): \(share.done) of \(share.of)"))"
    }

    private static func bar(_ stage: WorkProgress.Stage?) -> HTML {
        guard let share = stage?.share else { return .empty }
        return """
            <progress max="\(share.of)" value="\(share.done)" aria-label="How far it is">\(share.done * 100 / share.of) %</progress>
            """
    }
}
