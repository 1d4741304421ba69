import Rating
import Testing
import Values

@Suite("O2 alerts") struct HoursAlertTests {
    private func due(
        _ used: String, _ granted: String = "10:00", daysLeft: Int = 20, lapse: String = "0", told: [Int] = []
    )
        -> (tell: [Int], rearmed: [Int])
    {
        var story = Story()
        story.contract()
        var forecast = story.statements(through: "2026-01")[0].riskForecasts(on: Story.date("2026-01-10"))[0]
        forecast.granted = Story.hours(granted)
        forecast.usedOfPlan = Story.hours(used)
        forecast.daysLeft = daysLeft
        forecast.wouldLapse = Story.hours(lapse)
        let due = HoursAlert.due([forecast], told: Set(told.map { HoursAlert(serviceLine: Story.web, mark: $0) }))
        return (due.tell.map(\.mark), due.rearmed.map(\.mark).sorted())
    }

    @Test(
        "Each share is told once, at the second at which it is reached; of several the largest",
        arguments: [
            ("4:59:59", [], []), ("5:00", [], [50]), ("5:00", [50], []), ("7:59:59", [50], []), ("8:00", [50], [80]),
            ("10:00", [], [100]), ("12:00", [50, 80], [100]), ("12:00", [50, 80, 100], []), ("0", [], []),
        ] as [(String, [Int], [Int])])
    func shares(used: String, told: [Int], tell: [Int]) {
        #expect(due(used, told: told).tell == tell)
    }

    @Test("Hours that are added arm the shares again that are not reached any more")
    func topUp() {
        // 10:00 of 10:00 were used; with 10:00 more that is half.
        #expect(due("10:00", "20:00", told: [50, 80, 100]).rearmed == [80, 100])
        #expect(due("10:00", "20:00", told: [50, 80, 100]).tell == [])
        #expect(due("16:00", "20:00", told: [50]).tell == [80])
    }

    @Test("What would lapse is told in the last four days, once, and not for less than an hour")
    func lapse() {
        #expect(due("1:00", daysLeft: 4, lapse: "1:00").tell == [0])
        #expect(due("1:00", daysLeft: 5, lapse: "9:00").tell == [])
        #expect(due("1:00", daysLeft: 1, lapse: "0:59").tell == [])
        #expect(due("1:00", daysLeft: 1, lapse: "5:00", told: [0]).tell == [])
        #expect(due("1:00", daysLeft: 1, told: [0]).rearmed == [])
    }
}
