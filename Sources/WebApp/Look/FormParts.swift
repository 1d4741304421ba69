import SiteKit
import Values

/// The parts that forms are made of. Each field has its label, its hint and its error tied to it, and keeps what was typed.
struct FormParts {
    private let visit: Visit
    private let problems: Problems?

    /// - Parameter problems: what is wrong with what was sent; fields then show what was typed.
    init(_ visit: Visit, problems: Problems? = nil) {
        self.visit = visit
        self.problems = problems
    }

    /// What every form carries: the token of this browser, and a key so that sending it twice does it once.
    static func hidden(_ visit: Visit) -> HTML {
        """
        <input type="hidden" name="csrf" value="\(visit.formToken)"><input type="hidden" name="key" value="\(visit.newKey())">
        """
    }

    /// A whole form.
    ///
    /// - Parameter holdsFiles: whether files go with it.
    func form(
        _ action: String, submit: String, style: String = "primary", holdsFiles: Bool = false, key: Character? = nil,
        attributes: HTML = .empty, _ fields: HTML = .empty
    ) -> HTML {
        let encoding: HTML = holdsFiles ? " enctype=\"multipart/form-data\"" : .empty
        let shortcut: HTML = key.map { " data-key=\"\(String($0))\"" } ?? .empty
        return """
            <form class="stack" action="\(action)" method="post"\(encoding)\(attributes)>\(FormParts.hidden(visit))\(fields)
            <div class="cluster"><button class="\(style)"\(shortcut)>\(submit)</button></div></form>
            """
    }

    /// A form of one button.
    func button(
        _ action: String, _ label: String, style: String = "", hidden fields: KeyValuePairs<String, String> = [:],
        key: Character? = nil
    ) -> HTML {
        let shortcut: HTML = key.map { " data-key=\"\(String($0))\"" } ?? .empty
        return """
            <form action="\(action)" method="post">\(FormParts.hidden(visit))\(fields.map { Self.hiddenField($0.key, $0.value) })<button class="\(style)"\(shortcut)>\(label)</button></form>
            """
    }

    static func hiddenField(_ name: String, _ value: String) -> HTML {
        "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"
    }

    /// A line of text.
    func text(
        _ name: String, _ label: String, value: String = "", hint: String? = nil, type: String = "text",
        isRequired: Bool = true, autocomplete: String? = nil, attributes: HTML = .empty
    ) -> HTML {
        let value = type == "password" ? "" : typed(name) ?? value
        let completion: HTML = autocomplete.map { " autocomplete=\"\($0)\"" } ?? " autocomplete=\"off\""
        return field(name, label, hint: hint, isRequired: isRequired) { described in
            "<input id=\"\(id(name))\" name=\"\(name)\" type=\"\(type)\" value=\"\(value)\"\(completion)\(described)\(attributes)>"
        }
    }

    /// Several lines of text.
    func area(_ name: String, _ label: String, value: String = "", hint: String? = nil, isRequired: Bool = true) -> HTML
    {
        field(name, label, hint: hint, isRequired: isRequired) { described in
            "<textarea id=\"\(id(name))\" name=\"\(name)\" rows=\"4\"\(described)>\n\(typed(name) ?? value)</textarea>"
        }
    }

    /// A date.
    func date(_ name: String, _ label: String, value: CivilDate?, hint: String? = nil, isRequired: Bool = true) -> HTML
    {
        text(name, label, value: value.map { "\($0)" } ?? "", hint: hint, type: "date", isRequired: isRequired)
    }

    /// One of some choices.
    func choice(
        _ name: String, _ label: String, _ options: [(value: String, name: String)], value: String = "",
        hint: String? = nil, isRequired: Bool = true
    ) -> HTML {
        let chosen = typed(name) ?? value
        return field(name, label, hint: hint, isRequired: isRequired) { described in
            let all = options.map { option -> HTML in
                "<option value=\"\(option.value)\"\(option.value == chosen ? " selected" as HTML : .empty)>\(option.name)</option>"
            }
            return "<select id=\"\(id(name))\" name=\"\(name)\"\(described)>\(all)</select>"
        }
    }

    /// Yes or no.
    func check(_ name: String, _ label: String, isOn: Bool = false) -> HTML {
        let isOn = problems == nil ? isOn : visit.form.optional(name) != nil
        return """
            <div class="check"><input type="checkbox" id="\(id(name))" name="\(name)" value="yes"\(isOn ? " checked" as HTML : .empty)><label for="\(id(name))">\(label)</label></div>
            """
    }

    /// Files.
    func files(_ name: String, _ label: String, hint: String, isMultiple: Bool = true, isRequired: Bool = false) -> HTML
    {
        field(name, label, hint: hint, isRequired: isRequired) { described in
            "<input type=\"file\" id=\"\(id(name))\" name=\"\(name)\"\(isMultiple ? " multiple" as HTML : .empty)\(described)>"
        }
    }

    private func field(
        _ name: String, _ label: String, hint: String?, isRequired: Bool, _ control: (HTML) -> HTML
    ) -> HTML {
        let hintHTML: HTML = hint.map { "<span class=\"hint\" id=\"\(id(name))-hint\">\($0)</span>" } ?? .empty
        let described: HTML = hint == nil ? .empty : " aria-describedby=\"\(id(name))-hint\""
        let optional: HTML = isRequired ? .empty : " <span class=\"muted small\">(optional)</span>"
        return """
            <div class="field"><label for="\(id(name))">\(label)\(optional)</label>\(hintHTML)\(control(described))</div>
            """
    }

    /// What was typed, where the form is shown again.
    private func typed(_ name: String) -> String? { problems == nil ? nil : visit.form.text(name) }

    /// Several forms of one page may have a field of one name: the prefix keeps their ids apart.
    var prefix = ""
    private func id(_ name: String) -> String { "f-\(prefix)\(name)" }

    /// The same with ids of its own.
    func prefixed(_ prefix: String) -> FormParts {
        var parts = self
        parts.prefix = prefix + "-"
        return parts
    }
}

/// What is wrong with a form, at its top: the first thing that is read (the GOV.UK pattern).
struct ErrorSummary {
    let problems: Problems

    var html: HTML {
        let items = problems.all.prefix(20).map { problem -> HTML in
            "<li>\("\(problem)")</li>"
        }
        let more: HTML = problems.all.count > 20 ? "<p>… and \(problems.all.count - 20) more.</p>" : .empty
        return """
            <div class="error-summary" role="alert" tabindex="-1" data-error-summary><h2>Nothing was saved</h2><ul>\(items)</ul>\(more)</div>
            """
    }
}
