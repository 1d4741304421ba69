/// The one script: what it adds to pages that work without it.
enum Script {
    package static let source = #"""
        // Mainstay. Every page works without this file; it saves steps.
        (() => {
          "use strict";
          const all = (selector, root = document) => [...root.querySelectorAll(selector)];

          // The timer that runs, second by second.
          const clock = () => {
            for (const time of all("time[data-timer-since]")) {
              const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(time.dataset.timerSince)) / 1000));
              const two = (number) => String(number).padStart(2, "0");
              time.textContent = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
            }
          };
          if (document.querySelector("time[data-timer-since]")) { clock(); setInterval(clock, 1000); }

          // What is wrong with a form is read first.
          document.querySelector("[data-error-summary]")?.focus();

          // Single keys, where nobody types and no other key is held.
          const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");
          const rows = all("[data-row]");
          let here = -1;
          const go = (step) => {
            if (!rows.length) return;
            rows[here]?.classList.remove("is-here");
            here = Math.min(rows.length - 1, Math.max(0, here + step));
            rows[here].classList.add("is-here");
            rows[here].scrollIntoView({ block: "nearest" });
            rows[here].querySelector("a")?.focus({ preventScroll: true });
          };
          const press = (element) => {
            const details = element.closest("details");
            if (details && element.tagName !== "SUMMARY") details.open = true;
            if (element.matches("input, textarea, select")) { element.focus(); element.select?.(); return; }
            if (element.tagName === "SUMMARY") {
              details.open = true;
              details.querySelector("input:not([type=hidden]), textarea, select")?.focus();
              return;
            }
            element.click();
          };
          document.addEventListener("keydown", (event) => {
            if (document.body.dataset.singleKeys !== "on" || event.defaultPrevented) return;
            if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
            const key = event.key;
            if (key === "j" || key === "k") { go(key === "j" ? 1 : -1); event.preventDefault(); return; }
            const wanted = key === "?" ? document.querySelector("[data-keys-help]")
              : all("[data-key]").find((element) => element.dataset.key === key && element.getClientRects().length);
            if (wanted) { press(wanted); event.preventDefault(); }
          });

          // What an entry would cost, while it is typed.
          for (const form of all("form[data-preview]")) {
            const into = document.querySelector(form.dataset.previewInto);
            let wait;
            let asked;
            const ask = async () => {
              asked?.abort();
              asked = new AbortController();
              try {
                const answer = await fetch(form.dataset.preview, {
                  method: "POST", body: new URLSearchParams(new FormData(form)), signal: asked.signal, credentials: "same-origin",
                });
                const page = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
                into.replaceChildren(...page.body.childNodes);
              } catch (error) {
                if (error.name !== "AbortError") into.replaceChildren();
              }
            };
            form.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(ask, 400); });
          }

          // What was typed is not lost by a slip, and nothing is sent twice by a double click.
          let unsaved = false;
          for (const form of all("form[data-guard]")) {
            form.addEventListener("input", (event) => { unsaved = event.target.value.length > 40; });
          }
          addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
          document.addEventListener("submit", (event) => {
            unsaved = false;
            const button = event.submitter;
            if (!button || event.target.method !== "post") return;
            setTimeout(() => { button.disabled = true; }, 0);
            setTimeout(() => { button.disabled = false; }, 3000);
          });
        })();
        """#
}
