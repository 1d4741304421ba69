import Crypto
import Formats
import Foundation
package import NIOCore

/// The one style sheet: tokens, element defaults, layout primitives, components, print; in that order, each in a part of its
/// own.
enum StyleSheet {
    /// The whole sheet.
    package static let source = [tokens, elements, layout, components, ChartStyle.css, print].joined(separator: "\n")

    /// What every page is made of: colours with enough contrast in both schemes, spaces, type.
    private static let tokens = #"""
        :root {
          color-scheme: light dark;
          --ground: #f7f5f1; --surface: #ffffff; --sunken: #efece6; --ink: #1c2024; --muted: #565e66; --line: #d8d3ca;
          --edge: #8b857b; --accent: #0a5866; --accent-strong: #063f4a; --accent-ink: #ffffff; --tint: #e2eff1;
          --good: #1b6437; --good-tint: #e3f1e7; --warn: #7d4700; --warn-tint: #fbecd3; --bad: #9c1f10; --bad-tint: #fbe5e1;
          --focus: #b4580a;
          --chart-plan: #0a6b7c; --chart-block: #6b4fa0; --chart-over: #b3341f; --chart-left: #cfdcdd; --chart-lapse: #b98a2f;
          --chart-grid: #d8d3ca; --chart-text: #565e66;
          --s1: .25rem; --s2: .5rem; --s3: .75rem; --s4: 1rem; --s5: 1.5rem; --s6: 2.25rem;
          --radius: .5rem; --measure: 68ch;
          --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
          --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #14171a; --surface: #1c2024; --sunken: #23282d; --ink: #ebe8e3; --muted: #aab2ba; --line: #363d44;
            --edge: #7b848d; --accent: #79cbd9; --accent-strong: #a5dfe9; --accent-ink: #06272d; --tint: #17343a;
            --good: #84cf9d; --good-tint: #17321f; --warn: #eab76a; --warn-tint: #392a12; --bad: #f19a8b; --bad-tint: #3f1d17;
            --focus: #f2a65a;
            --chart-plan: #58b7c8; --chart-block: #b09ae0; --chart-over: #ea8472; --chart-left: #3a454b; --chart-lapse: #d7ac57;
            --chart-grid: #363d44; --chart-text: #aab2ba;
          }
        }
        """#

    /// Plain HTML, as it looks without a class.
    private static let elements = #"""
        *, ::before, ::after { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 var(--sans); overflow-wrap: break-word; }
        h1, h2, h3, p, ul, ol, dl, dd, figure, table, fieldset, pre, blockquote { margin: 0; }
        h1 { font-size: 1.625rem; line-height: 1.2; letter-spacing: -.01em; font-weight: 650; text-wrap: balance; }
        h2 { font-size: 1.1875rem; line-height: 1.3; font-weight: 650; }
        h3 { font-size: 1rem; line-height: 1.4; font-weight: 650; }
        p, li, dd { max-width: var(--measure); }
        ul, ol { padding-left: 1.25rem; }
        a { color: var(--accent); text-decoration-thickness: .06em; text-underline-offset: .18em; }
        a:hover { color: var(--accent-strong); text-decoration-thickness: .14em; }
        :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
        main:focus { outline: none; }
        small, .small { font-size: .875rem; }
        code, kbd, pre { font-family: var(--mono); font-size: .9em; }
        kbd { padding: 0 .35em; border: 1px solid var(--edge); border-radius: 4px; background: var(--surface); }
        pre { white-space: pre-wrap; }
        hr { border: 0; border-top: 1px solid var(--line); margin: 0; width: 100%; }
        time, .figure, td.number, th.number { font-variant-numeric: tabular-nums; }
        label, legend { font-weight: 600; }
        fieldset { border: 0; padding: 0; min-width: 0; }
        input, select, textarea, button { font: inherit; color: inherit; }
        input:not([type=checkbox], [type=radio], [type=file]), select, textarea {
          width: 100%; max-width: 100%; min-height: 2.5rem; padding: .375rem .625rem; background: var(--surface);
          border: 1px solid var(--edge); border-radius: var(--radius);
        }
        textarea { min-height: 6.5rem; line-height: 1.45; resize: vertical; }
        input[type=checkbox], input[type=radio] { width: 1.5rem; height: 1.5rem; margin: 0; accent-color: var(--accent); flex: none; }
        input[type=file] { width: 100%; min-height: 2.5rem; padding: .375rem 0; }
        [aria-invalid=true] { border-color: var(--bad) !important; border-width: 2px !important; }
        button, .button {
          display: inline-flex; align-items: center; justify-content: center; gap: .4em; min-height: 2.5rem; padding: .375rem 1rem;
          border: 1px solid var(--edge); border-radius: var(--radius); background: var(--surface); color: var(--ink);
          font-weight: 600; text-decoration: none; cursor: pointer;
        }
        button:hover, .button:hover { border-color: var(--accent); color: var(--accent-strong); }
        button.primary, .button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
        button.primary:hover, .button.primary:hover { background: var(--accent-strong); color: var(--accent-ink); }
        button.quiet { border-color: transparent; background: none; color: var(--accent); padding-inline: .5rem; }
        button.danger { border-color: var(--bad); color: var(--bad); }
        summary { cursor: pointer; min-height: 1.75rem; font-weight: 600; color: var(--accent); }
        dt { color: var(--muted); font-size: .875rem; }
        dd { margin: 0; }
        mark { background: var(--warn-tint); color: inherit; padding: 0 .1em; border-radius: 2px; }
        svg { display: block; max-width: 100%; height: auto; }
        [hidden] { display: none !important; }
        """#

    /// How boxes stand to each other.
    private static let layout = #"""
        .page { max-width: 80rem; margin: 0 auto; padding: var(--s5) var(--s4) var(--s6); }
        .page.narrow { max-width: 30rem; }
        .stack { display: flex; flex-direction: column; gap: var(--s4); }
        .stack > *, .columns > *, .grid > * { min-width: 0; }
        .stack.tight { gap: var(--s2); }
        .stack.loose { gap: var(--s6); }
        .cluster { display: flex; flex-wrap: wrap; align-items: center; gap: var(--s2) var(--s4); }
        .cluster.end { align-items: flex-end; }
        .spread { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: var(--s2) var(--s4); }
        .grid { display: grid; gap: var(--s4); grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); }
        .fields { display: grid; gap: var(--s3) var(--s4); grid-template-columns: repeat(auto-fit, minmax(min(100%, 12rem), 1fr)); align-items: end; }
        .columns { display: grid; gap: var(--s5); grid-template-columns: minmax(0, 1fr); }
        @media (min-width: 64rem) { .columns { grid-template-columns: minmax(0, 1fr) 23rem; } }
        .panel { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); padding: var(--s4); }
        .panel.plain { background: none; border: 0; padding: 0; }
        .muted { color: var(--muted); }
        .nowrap { white-space: nowrap; }
        .print-only { display: none; }
        .right { text-align: right; }
        .visually-hidden { position: absolute !important; width: 1px !important; height: 1px; margin: -1px; padding: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; border: 0; }
        .skip { position: absolute; left: var(--s2); top: -4rem; padding: var(--s2) var(--s4); background: var(--surface); z-index: 2; }
        .skip:focus { top: var(--s2); }
        """#

    /// The parts of pages.
    private static let components = #"""
        .bar { background: var(--surface); border-bottom: 1px solid var(--line); }
        .bar-inner { max-width: 80rem; margin: 0 auto; padding: var(--s2) var(--s4); display: flex; flex-wrap: wrap; align-items: center; gap: var(--s2) var(--s4); }
        .brand { display: inline-flex; align-items: center; gap: .5rem; min-height: 2.25rem; font-weight: 700; color: var(--ink); text-decoration: none; letter-spacing: -.01em; }
        .brand svg { width: 1.5rem; height: 1.5rem; }
        .nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0 .125rem; }
        .nav a { display: inline-flex; align-items: center; gap: .375rem; min-height: 2.25rem; padding: 0 .625rem; border-radius: var(--radius); color: var(--ink); text-decoration: none; }
        .nav a:hover { background: var(--sunken); }
        .nav a[aria-current] { background: var(--tint); color: var(--accent-strong); font-weight: 600; }
        .nav.wide { display: none; }
        .nav-menu { position: relative; }
        .nav-menu summary { display: inline-flex; align-items: center; min-height: 2.25rem; padding: 0 .75rem; border: 1px solid var(--edge); border-radius: var(--radius); list-style: none; }
        .nav-menu summary::-webkit-details-marker { display: none; }
        .nav-menu[open] { flex-basis: 100%; order: 9; }
        .nav-menu[open] ul { flex-direction: column; padding: var(--s2) 0; }
        @media (min-width: 64rem) { .nav.wide { display: block; } .nav-menu { display: none; } }
        .bar-end { margin-left: auto; display: flex; flex-wrap: wrap; align-items: center; gap: var(--s2) var(--s3); }
        .bar form { display: flex; align-items: center; gap: var(--s2); }
        .bar input[type=search] { width: 9.5rem; min-height: 2.25rem; }
        .bar button, .bar .button { min-height: 2.25rem; padding: .25rem .75rem; }
        .timer { padding: .125rem .25rem .125rem .75rem; border-radius: var(--radius); background: var(--tint); }
        .timer time { font-weight: 700; min-width: 3.5em; text-align: right; }
        .count { display: inline-block; min-width: 1.4em; padding: 0 .4em; border-radius: 1em; background: var(--accent); color: var(--accent-ink); font-size: .8125rem; line-height: 1.5; text-align: center; font-weight: 600; }
        .banner { background: var(--warn-tint); color: var(--warn); padding: .25rem var(--s4); text-align: center; font-size: .875rem; }
        .banner p { max-width: none; }
        .trail { font-size: .875rem; color: var(--muted); }
        .trail a { display: inline-block; min-height: 1.5rem; }
        .badge { display: inline-block; padding: .0625rem .5rem; border-radius: 1em; font-size: .8125rem; font-weight: 600; background: var(--sunken); color: var(--ink); border: 1px solid var(--line); white-space: nowrap; }
        .badge.good { background: var(--good-tint); color: var(--good); border-color: transparent; }
        .badge.warn { background: var(--warn-tint); color: var(--warn); border-color: transparent; }
        .badge.bad { background: var(--bad-tint); color: var(--bad); border-color: transparent; }
        .badge.info { background: var(--tint); color: var(--accent-strong); border-color: transparent; }
        .notice { padding: var(--s3) var(--s4); border-left: 4px solid var(--good); background: var(--good-tint); border-radius: 0 var(--radius) var(--radius) 0; }
        .notice.warn { border-color: var(--warn); background: var(--warn-tint); }
        .notice.bad { border-color: var(--bad); background: var(--bad-tint); }
        .error-summary { padding: var(--s4); border: 3px solid var(--bad); border-radius: var(--radius); background: var(--surface); }
        .error-summary h2 { margin-bottom: var(--s2); }
        .error-summary a { color: var(--bad); font-weight: 600; display: inline-block; min-height: 1.5rem; }
        .error { color: var(--bad); font-weight: 600; font-size: .9375rem; }
        .hint { color: var(--muted); font-size: .875rem; font-weight: 400; display: block; max-width: var(--measure); }
        .field { display: flex; flex-direction: column; gap: .25rem; min-width: 0; }
        .check { display: flex; align-items: center; gap: var(--s2); min-height: 2.25rem; }
        .check label { font-weight: 400; }
        .key-figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 9rem), 1fr)); gap: var(--s3) var(--s5); }
        .key-figures dd { font-size: 1.375rem; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.25; }
        .key-figures dd small { font-weight: 400; color: var(--muted); display: block; }
        .facts { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--s1) var(--s4); }
        .facts dd { margin-bottom: var(--s2); }
        @media (min-width: 40rem) { .facts { grid-template-columns: max-content minmax(0, 1fr); } .facts dd { margin: 0; } .facts dt { padding-top: .1rem; } }
        .table { width: 100%; border-collapse: collapse; }
        .table caption { text-align: left; font-weight: 650; padding-bottom: var(--s2); }
        .table th { text-align: left; font-size: .8125rem; color: var(--muted); font-weight: 600; vertical-align: bottom; }
        .table th, .table td { padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        .table th.number, .table td.number { text-align: right; white-space: nowrap; }
        .table tbody th { font-size: 1rem; color: var(--ink); }
        .table tbody th .small { font-weight: 400; }
        .table tbody:last-child tr:last-child > * { border-bottom: 0; padding-bottom: 0; }
        .table tr > :last-child { padding-right: 0; }
        .table th.number, .table td.number { padding-left: .5rem; padding-right: 1.25rem; }
        .table tfoot td, .table tfoot th { border-bottom: 0; font-weight: 650; color: var(--ink); }
        .table tr:target, .message:target { background: var(--tint); }
        .table td > a:only-child, .table th > a:only-child { display: inline-block; min-height: 1.5rem; }
        @media (max-width: 44rem) {
          .table.cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          .table.cards, .table.cards tbody, .table.cards tfoot, .table.cards tr, .table.cards td, .table.cards tbody th, .table.cards tfoot th, .table.cards caption { display: block; width: 100%; }
          .table.cards tr { padding: var(--s3) 0; border-bottom: 1px solid var(--line); }
          .table.cards td, .table.cards tbody th, .table.cards tfoot th { border: 0; padding: .125rem 0; text-align: left; white-space: normal; }
          .table.cards td[data-label] { display: flex; justify-content: space-between; gap: var(--s4); }
          .table.cards td[data-label]::before { content: attr(data-label); color: var(--muted); font-size: .875rem; flex: none; }
          .table.cards td[data-label]:empty { display: none; }
          .table.cards td[data-label] > span { text-align: right; min-width: 0; }
          .table.cards td[data-label] .why { text-align: left; }
        }
        .scroll { overflow-x: auto; }
        .reasons, .reasons ul { list-style: none; padding: 0; }
        .reasons ul { padding-left: 1rem; border-left: 2px solid var(--line); margin-left: .25rem; }
        .reasons li { padding: .125rem 0; max-width: none; }
        .why summary { display: inline-block; font-weight: 400; font-size: .875rem; text-decoration: underline; text-underline-offset: .18em; }
        .why[open] { padding-bottom: var(--s2); }
        .conversation { list-style: none; padding: 0; display: flex; flex-direction: column; gap: var(--s3); }
        .message { max-width: none; padding: var(--s3) var(--s4); border: 1px solid var(--line); border-left: 4px solid var(--accent); border-radius: var(--radius); background: var(--surface); }
        .message.internal { border-left-color: var(--warn); background: var(--warn-tint); }
        .message.client { border-left-color: var(--chart-block); }
        .message .text { white-space: pre-wrap; max-width: var(--measure); }
        .message .spread { margin-bottom: var(--s2); }
        .attachments { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: var(--s2); margin-top: var(--s2); }
        .attachments a { display: inline-flex; min-height: 2rem; align-items: center; padding: 0 .625rem; border: 1px solid var(--line); border-radius: var(--radius); background: var(--sunken); }
        .rows { list-style: none; padding: 0; }
        .rows > li { max-width: none; padding: var(--s3) 0; border-bottom: 1px solid var(--line); }
        .rows > li:last-child { border-bottom: 0; }
        .rows p > a { display: inline-block; padding: .15rem 0; min-height: 1.6rem; }
        .rows .title { font-weight: 600; display: inline-block; min-height: 1.5rem; }
        [data-row].is-here { box-shadow: -4px 0 0 var(--focus); }
        .money { font-variant-numeric: tabular-nums; white-space: nowrap; }
        .over { color: var(--bad); font-weight: 600; }
        .preview { padding: var(--s3) var(--s4); border: 1px dashed var(--edge); border-radius: var(--radius); background: var(--sunken); }
        .preview:empty { display: none; }
        .tabs ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0 var(--s4); padding: 0; border-bottom: 1px solid var(--line); }
        .tabs a { display: inline-flex; align-items: center; min-height: 2.5rem; text-decoration: none; border-bottom: 3px solid transparent; }
        .tabs a[aria-current] { border-color: var(--accent); font-weight: 600; color: var(--ink); }
        .added { color: var(--good); } .removed { color: var(--bad); }
        footer.foot { max-width: 80rem; margin: 0 auto; padding: var(--s4); color: var(--muted); font-size: .875rem; }
        footer.foot a { display: inline-block; min-height: 1.5rem; }
        @media (prefers-reduced-motion: no-preference) { a, button, .button { transition: background-color .1s, border-color .1s, color .1s; } }
        @media (forced-colors: active) { .badge, .panel, .message, .count { border: 1px solid; } }
        """#

    /// On paper: ink on white, without what only a screen can use.
    private static let print = #"""
        @media print {
          :root { --ground: #fff; --surface: #fff; --sunken: #fff; --ink: #000; --muted: #333; --line: #999; --edge: #666; --accent: #000; --accent-strong: #000; --tint: #fff; --warn: #000; --bad: #000; --good: #000; --warn-tint: #fff; --bad-tint: #fff; --good-tint: #fff; }
          body { font-size: 10.5pt; }
          .bar, .skip, .banner, footer.foot, form, .button, .no-print, .tabs, .trail { display: none !important; }
          .print-only { display: block; }
          .page { max-width: none; padding: 0; }
          .panel { border: 0; padding: 0; }
          .columns { grid-template-columns: minmax(0, 1fr); }
          .why summary { display: none; }
          .table { break-inside: auto; } tr, .message { break-inside: avoid; }
          thead { display: table-header-group; }
          a { color: inherit; text-decoration: none; }
          @page { margin: 18mm 16mm; }
        }
        """#
}

/// A file that pages refer to, under a name that changes with its content, so that browsers may keep it for ever.
package struct Asset: Sendable {
    package let name: String
    package let bytes: ByteBuffer
    package let type: String

    package init(_ stem: String, _ ending: String, _ source: String, type: String) {
        bytes = ByteBuffer(string: source)
        name = "\(stem).\(Hex.text(SHA256.hash(data: Data(source.utf8)).prefix(6))).\(ending)"
        self.type = type
    }

    package var path: String { "/assets/\(name)" }

    package static let style = Asset("style", "css", StyleSheet.source, type: "text/css; charset=utf-8")
    package static let script = Asset("app", "js", Script.source, type: "text/javascript; charset=utf-8")
    package static let icon = Asset("icon", "svg", Asset.mark, type: "image/svg+xml")
    package static let all = [style, script, icon]

    /// The sign of the site: a mast held by its stays.
    private static let mark = #"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="5" fill="#0a5866"/><path d="M12 4v16M12 5 5 19h14z" fill="none" stroke="#fff" stroke-width="1.8" stroke-linejoin="round" stroke-linecap="round"/></svg>
        """#
}
