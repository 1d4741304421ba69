import HTTPTypes
import ServiceDesk
import Storage

/// How far something is that takes longer than people wait for a page, and then what came of it.
enum LongWorkPage {
    static let routes: [Route] = [.get("/work/{work}", .agent, page)]

    private static func page(_ visit: StaffVisit) throws -> Reply {
        guard let job = visit.site.longWork.job(try visit.named("work"), of: visit.actor.id) else {
            var page = try visit.page("This is not known any more", in: nil) {
                """
                <p>What came of long work is kept for ten minutes, by the server that did it. Look at the page that it is about: what was done is there, and otherwise nothing was done.</p>
                """
            }
            page.status = .notFound
            return .page(page)
        }
        if let outcome = job.outcome.value { return try outcome.get() }
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

    private static let refresh = SecurityHeaders.known("Refresh")

    private static func stage(_ stage: WorkProgress.Stage?) -> HTML {
        guard let stage else { return "It waits for its turn." }
        guard let share = stage.share else { return "\(Written.sentence(stage.name))." }
        return "\(Written.sentence(stage.name)): \(share.done) of \(share.of)."
    }

    private static func bar(_ stage: WorkProgress.Stage?) -> HTML {
        guard let share = stage?.share else { return .empty }
        return """
            <progress max="\(share.of)" value="\(share.done)" aria-label="How far it is">\(share.done * 100 / share.of) %</progress>
            """
    }
}
