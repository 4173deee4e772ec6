// The editor's looks, in the tokens of static/css/tokens.css, which turn with the reader's theme by themselves.
import { EditorView } from "../../vendor/codemirror.min.js";

const control = { minHeight: "var(--control)", minWidth: "var(--control)", font: "inherit", cursor: "pointer" };
const quiet = {
  ...control, padding: "0.3rem 0.9rem", border: "2px solid var(--edge)", borderRadius: "10px", backgroundImage: "none",
  background: "transparent", color: "var(--brand)", fontWeight: "700", fontSize: "var(--text-sm)",
};
const field = {
  minHeight: "var(--control)", padding: "0.3rem 0.7rem", border: "2px solid var(--edge)", borderRadius: "var(--radius-s)",
  background: "var(--card)", color: "var(--ink)", font: "inherit", fontSize: "var(--text-sm)",
};
const floating = {
  background: "var(--card)", color: "var(--ink)", border: "1px solid var(--edge)", borderRadius: "var(--radius-s)",
  boxShadow: "var(--shadow)", fontFamily: "var(--font)", fontSize: "var(--text-sm)", maxWidth: "min(30rem, 88vw)",
};
const focus = { outline: "3px solid var(--brand)", outlineOffset: "2px" };

export const theme = EditorView.theme({
  "&": {
    color: "var(--ink)", background: "var(--card)", border: "2px solid var(--edge)", borderRadius: "var(--radius-m)",
    fontSize: "var(--text-sm)", overflow: "hidden",
  },
  "&.cm-focused": { outline: "3px solid var(--brand)", outlineOffset: "1px", borderColor: "var(--brand)" },
  ".cm-scroller": { fontFamily: "var(--font-code)", lineHeight: "1.6", minHeight: "20rem", maxHeight: "min(70vh, 46rem)", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)", padding: "var(--s2) 0" },
  ".cm-line": { padding: "0 var(--s3) 0 var(--s2)" },
  ".cm-gutters": { background: "var(--sunk)", color: "var(--muted)", border: "0", borderInlineEnd: "1px solid var(--hair)" },
  ".cm-activeLine": { background: "color-mix(in srgb, var(--brand-soft) 55%, transparent)" },
  ".cm-activeLineGutter": { background: "var(--brand-soft)", color: "var(--ink)" },
  ".cm-content ::selection": { background: "var(--marker)", color: "var(--on-marker)" },
  ".cm-selectionMatch": { background: "var(--brand-soft)" },
  ".cm-searchMatch": { background: "var(--marker)", color: "var(--on-marker)", outline: "0" },
  ".cm-searchMatch *": { color: "inherit" },
  ".cm-searchMatch.cm-searchMatch-selected": { background: "var(--marker)", outline: "2px solid var(--ink)" },
  "&.cm-focused .cm-matchingBracket, .cm-matchingBracket": { background: "var(--brand-soft)", outline: "1px solid var(--edge)" },
  "&.cm-focused .cm-nonmatchingBracket": { background: "var(--warn-soft)" },

  // What is wrong: a sign in the margin, a line under the words, the sentence when pointed at.
  ".cm-gutter-lint": { width: "1.5em" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "0 0.15em" },
  ".cm-lint-marker": { width: "1.2em", height: "1.6em", content: "none", textAlign: "center", fontWeight: "800", fontFamily: "var(--font)" },
  ".cm-lint-marker-error, .cm-lint-marker-warning, .cm-lint-marker-info": { content: "normal" },
  ".cm-lint-marker-error": { color: "var(--warn)" },
  ".cm-lint-marker-error::before": { content: "'✕'" },
  ".cm-lint-marker-warning": { color: "var(--ink)" },
  ".cm-lint-marker-warning::before": { content: "'!'" },
  ".cm-lint-marker-info": { color: "var(--muted)" },
  ".cm-lint-marker-info::before": { content: "'i'" },
  ".cm-lintRange": { backgroundImage: "none", paddingBottom: "0", textDecorationLine: "underline", textUnderlineOffset: "0.2em" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecorationStyle: "wavy", textDecorationColor: "var(--warn)" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecorationStyle: "dashed", textDecorationColor: "var(--ink)" },
  ".cm-lintRange-info": { backgroundImage: "none", textDecorationStyle: "dotted", textDecorationColor: "var(--muted)" },
  ".cm-lintRange-active": { background: "var(--warn-soft)" },
  ".cm-lintPoint::after": { borderBottomColor: "var(--warn)" },
  ".cm-diagnostic": { padding: "var(--s2) var(--s3)", borderInlineStart: "5px solid var(--warn)", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-warning": { borderColor: "var(--marker)" },
  ".cm-diagnostic-info": { borderColor: "var(--edge)" },
  ".cm-diagnosticAction": { ...quiet, display: "block", marginInlineStart: "0", marginBlockStart: "var(--s2)" },

  ".cm-tooltip": floating,
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--font-code)", fontSize: "var(--text-sm)", maxHeight: "16rem", maxWidth: "min(26rem, 88vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.35rem var(--s3)", lineHeight: "1.4", whiteSpace: "normal" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--brand)", color: "var(--on-brand)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "800" },
  ".cm-completionDetail": { fontStyle: "normal", fontFamily: "var(--font)", opacity: "0.9" },
  ".cm-tooltip.cm-completionInfo": { ...floating, padding: "var(--s2) var(--s3)", maxWidth: "min(20rem, 60vw)" },
  "@media (max-width: 40rem)": { ".cm-tooltip.cm-completionInfo": { display: "none" } }, // it would cover the list
  ".cm-explained": { padding: "var(--s2) var(--s3)", margin: "0" },

  ".cm-panels": { background: "var(--sunk)", color: "var(--ink)" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--hair)" },
  ".cm-panel.cm-search": { display: "flex", flexWrap: "wrap", gap: "var(--s2)", alignItems: "center", padding: "var(--s2) 3.25rem var(--s2) var(--s3)", fontFamily: "var(--font)" },
  ".cm-panel.cm-search br": { display: "none" },
  ".cm-panel.cm-search input.cm-textfield": { ...field, flex: "1 1 10rem", margin: "0" },
  ".cm-panel.cm-search .cm-button": { ...quiet, margin: "0", textTransform: "none" },
  ".cm-panel.cm-search label": { display: "inline-flex", alignItems: "center", gap: "var(--s2)", minHeight: "var(--control)", fontSize: "var(--text-sm)", margin: "0" },
  ".cm-panel.cm-search input[type=checkbox]": { width: "1.25rem", height: "1.25rem", accentColor: "var(--brand)", margin: "0" },
  ".cm-panel.cm-search [name=close]": { ...control, top: "var(--s2)", right: "var(--s2)", fontSize: "var(--text-lg)", color: "var(--ink)" },
  ".cm-panel ::placeholder": { color: "var(--muted)", opacity: "1" },
  // Searching by pattern and selecting all at once are for programs; here people look for words.
  ".cm-panel.cm-search [name=select], .cm-panel.cm-search label:has([name=re], [name=word])": { display: "none" },
  ".cm-panel :focus-visible": focus,
  ".cm-tooltip :focus-visible": focus,

  // With colours of the system: signs and lines stay, grounds go.
  "@media (forced-colors: active)": {
    ".cm-activeLine, .cm-activeLineGutter": { outline: "1px solid GrayText", outlineOffset: "-1px" },
    ".cm-searchMatch": { outline: "1px solid Highlight" },
    ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { forcedColorAdjust: "none", background: "Highlight", color: "HighlightText" },
    ".cm-lintRange-error": { textDecorationColor: "CanvasText" },
  },
});
