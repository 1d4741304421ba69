import Agreements
import Formats
import ServiceDesk
import Storage
import Values

/// The versions of the terms, and what is taken over from elsewhere.
enum TermsEndpoints {
    static let all: [APIEndpoint] = [
        .get(
            "/terms", "listTerms", "The versions of the terms, the earliest first.",
            answer: .list(of: .object([.must("effective", .date), .must("name", .text("What it is called."))]))
        ) { visit in
            .page(
                try visit.terms().versions.map {
                    .object([("effective", .string("\($0.effective)")), ("name", .string($0.name))])
                }, next: nil)
        },
        .post(
            "/terms", "addTerms", "Add a version of the terms, as YAML.", .admin,
            body: .object([.must("yaml", .text("The file, as docs/terms.md describes it."))])
        ) { visit in
            try visit.recorded(AddTerms(yaml: visit.required("yaml"), file: "terms"))
        },
        .get(
            "/terms/{effective}", "getTerms", "A version of the terms: its YAML, and its answers in plain language.",
            answer: .object([
                .must("effective", .date), .must("name", .text("What it is called.")),
                .must("yaml", .text("The file.")),
                .must(
                    "answers",
                    .list(
                        .object([
                            .must("question", .text("What a client asks.")), .must("answer", .text("The answer.")),
                            .must("example", .text("A worked example.")),
                        ]))),
            ])
        ) { visit in
            guard let date = CivilDate(try visit.named("effective")),
                let terms = try visit.terms().versions.first(where: { $0.effective == date }),
                let yaml = try visit.read({ try TermsStore($0).yaml(of: date) })
            else { throw APIProblem.missing }
            return .json(APIJSON.terms(terms, yaml))
        },
    ]
}
