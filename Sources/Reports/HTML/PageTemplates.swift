import Mustache

/// The page's templates (Mustache): what stands in two braces is escaped, what stands in three is markup already.
enum PageTemplates {
    static func library() throws -> MustacheLibrary {
        try MustacheLibrary(templates: sources.mapValues { try MustacheTemplate(string: $0) })
    }

    private static let sources = [
        "page": page, "links": links, "glance": glance, "contradicted": contradicted, "remedies": remedies,
        "ledger": ledger, "states": states,
        "experiments": experiments, "cells": cells, "surroundings": surroundings,
    ]

    private static let page = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>What Linux {{kernel}} makes of TIME-WAIT</title>
        <style>{{{style}}}</style>
        </head>
        <body>
        <a class="skip" href="#main">Skip to the results</a>
        <header>
        <h1>Who closes first, how, and what does that do to the port?</h1>
        <p class="lede">What Linux {{kernel}} answers. {{done}}</p>
        <nav aria-label="Sections"><ul>{{#sections}}<li><a href="#{{anchor}}">{{name}}</a></li>{{/sections}}</ul></nav>
        </header>
        <main id="main">
        {{#glance}}{{> glance}}{{/glance}}
        {{#remedies}}{{> remedies}}{{/remedies}}
        {{#ledger}}{{> ledger}}{{/ledger}}
        {{#states}}{{> states}}{{/states}}
        {{#experiments}}{{> experiments}}{{/experiments}}
        {{#cells}}{{> cells}}{{/cells}}
        {{> surroundings}}
        </main>
        </body>
        </html>

        """

    private static let links = """
        <ul class="links">{{#first}}<li>{{#isLink}}<a href="#{{target}}">{{id}}</a>{{/isLink}}\
        {{^isLink}}{{id}}{{/isLink}}</li>{{/first}}</ul>\
        {{#hasRest}} <details class="more"><summary>and {{more}} more</summary><ul class="links">{{#rest}}<li>\
        {{#isLink}}<a href="#{{target}}">{{id}}</a>{{/isLink}}{{^isLink}}{{id}}{{/isLink}}</li>{{/rest}}</ul>\
        </details>{{/hasRest}}
        """

    private static let glance = """
        <section id="glance" aria-labelledby="glance-title">
        <h2 id="glance-title">The matrix at a glance</h2>
        <table class="matrix cards">
        <caption>{{caption}} <details class="more"><summary>How to read it</summary>{{explanation}}</details></caption>
        <thead><tr><th scope="col">Client closes by</th><th scope="col">Server closes</th>\
        <th scope="col">First to close</th><th scope="col">Ends with</th><th scope="col">TIME-WAIT</th>\
        {{#columns}}<th scope="col">{{.}}</th>{{/columns}}</tr></thead>
        <tbody>{{#rows}}<tr><th scope="row">{{closes}}</th><td data-label="The server closes">{{serverCloses}}</td>\
        <td data-label="First to close">{{firstToClose}}</td><td data-label="Ends with">{{ending}} {{> contradicted}}</td>\
        <td data-label="TIME-WAIT"><span class="tag {{timeWaitClass}}">{{timeWait}}</span></td>\
        {{#entries}}<td class="e" data-label="{{column}}">{{#answers}}<div class="met"><span class="answer {{class}}">\
        {{#condition}}<small>{{.}}:</small> {{/condition}}{{sign}} {{text}}</span>{{> contradicted}}</div>{{/answers}}\
        {{^answers}}–{{/answers}}</td>{{/entries}}</tr>
        {{/rows}}</tbody></table>
        <div class="lede">{{#remarks}}{{text}}\
        {{#names}}: <details class="more"><summary>which</summary>{{.}}</details>{{/names}} {{/remarks}}</div>
        </section>
        """

    private static let contradicted = """
        {{#contradicted}}<small class="contradicted"><abbr title="contrary to">≠</abbr> {{#claims}}\
        <a href="#{{target}}">{{id}}</a> {{/claims}}</small>{{/contradicted}}
        """

    private static let remedies = """
        <section id="remedies" aria-labelledby="remedies-title">
        <h2 id="remedies-title">What to do</h2>
        <table class="cards remedies">
        <caption>Read from the cells and the experiments of this run. A question mark: it has not looked at that.</caption>
        <thead><tr>{{#headings}}<th scope="col">{{.}}</th>{{/headings}}</tr></thead>
        <tbody>{{#rows}}<tr><th scope="row"><code>{{name}}</code></th><td data-label="{{freeLabel}}">\
        <span class="tag {{class}}">{{sign}} {{free}}</span></td>\
        {{#rest}}<td data-label="{{label}}">{{text}}</td>{{/rest}}</tr>
        {{/rows}}</tbody></table>
        </section>
        """

    private static let ledger = """
        <section id="claims" aria-labelledby="claims-title">
        <h2 id="claims-title">The claims</h2>
        <ul class="tally">{{#tally}}<li><span class="tag {{class}}">{{sign}} {{count}} {{word}}</span></li>{{/tally}}</ul>
        <table class="ledger cards">
        <caption>What five write-ups assert, and what was seen. A verdict is computed from the recordings.</caption>
        <thead><tr><th scope="col">Claim</th><th scope="col">What is claimed</th><th scope="col">Verdict</th>\
        <th scope="col">Because</th></tr></thead>
        {{#sources}}<tbody><tr class="group"><th scope="rowgroup" colspan="4">{{source}}</th></tr>
        {{#claims}}<tr id="{{anchor}}"><th scope="row" class="id">{{id}}</th><td>{{text}}</td>\
        <td><span class="tag {{class}}">{{sign}} {{verdict}}</span>\
        {{#condition}}<span class="when">{{.}}</span>{{/condition}}</td>\
        <td>{{because}}{{#more}} <details class="more"><summary>the rest of it</summary>{{.}}</details>{{/more}}\
        <div class="seen">Seen in {{#evidence}}{{> links}}{{/evidence}}</div></td></tr>
        {{/claims}}</tbody>{{/sources}}
        </table>
        </section>
        """

    private static let states = """
        <section id="states" aria-labelledby="states-title">
        <h2 id="states-title">The states</h2>
        <p>{{summary}}</p>
        <div class="beside"><div class="scroll" tabindex="0" role="region" aria-label="State diagram">{{{drawing}}}</div>
        <table class="steps">
        <caption>The steps of RFC 9293, figure 5. The numbers are those of the drawing.</caption>
        <thead><tr><th scope="col">No.</th><th scope="col">Step</th><th scope="col">Seen in</th></tr></thead>
        <tbody>{{#arrows}}<tr><td>{{number}}</td><th scope="row"><span class="state">{{from}} →</span> <span class="state">{{to}}</span> <small>{{cause}}</small></th>\
        <td>{{#evidence}}{{> links}}{{/evidence}}{{^evidence}}✕ not seen{{#obstacle}}: {{.}}{{/obstacle}}{{/evidence}}</td>\
        </tr>{{/arrows}}</tbody></table></div>
        {{#hasOthers}}<details class="body"><summary>Steps that were seen and that the figure does not show</summary>
        <p class="lede">Two steps that one segment makes at once look like one, and an experiment may look at a port that \
        something else has meanwhile.</p>
        <ul>{{#others}}<li>{{from}} → {{to}}: {{#evidence}}{{> links}}{{/evidence}}</li>{{/others}}</ul>
        </details>{{/hasOthers}}
        </section>
        """

    private static let experiments = """
        <section id="experiments" aria-labelledby="experiments-title">
        <h2 id="experiments-title">The experiments</h2>
        {{{key}}}
        {{#experiments}}<details id="{{anchor}}"><summary><h3>{{id}}</h3> <span class="lede">{{claimed}}</span></summary>
        <div class="body">
        <dl>{{#description}}<dt>{{name}}</dt><dd>{{text}}</dd>{{/description}}\
        <dt>Claims</dt><dd><ul class="links">{{#claims}}<li>{{#isLink}}<a href="#{{target}}">{{id}}</a>{{/isLink}}\
        {{^isLink}}{{id}}{{/isLink}}</li>{{/claims}}</ul></dd></dl>
        <ul class="findings">{{#findings}}<li><span class="tag {{class}}">{{sign}} {{claim}} {{word}}</span> {{text}}</li>\
        {{/findings}}</ul>
        {{#hasFigures}}<table class="cards"><caption>Figures of {{id}}</caption>\
        <thead><tr><th scope="col">Figure</th><th scope="col">Value</th></tr></thead>\
        <tbody>{{#figures}}<tr><th scope="row">{{name}}</th><td>{{value}}</td></tr>{{/figures}}</tbody></table>{{/hasFigures}}
        {{#recordings}}<details class="inner" id="{{anchor}}"><summary><h4>{{name}}</h4> \
        <span class="lede">{{segments}}</span></summary>
        <div class="scroll" tabindex="0" role="region" aria-label="{{title}}">{{{drawing}}}</div>
        <p class="lede">The capture: <code>{{capture}}</code></p></details>
        {{/recordings}}</div></details>
        {{/experiments}}
        </section>
        """

    private static let cells = """
        <section id="cells" aria-labelledby="cells-title">
        <h2 id="cells-title">The cells</h2>
        <p>{{intro}}</p>
        {{{key}}}
        {{#kinds}}<details id="{{anchor}}"><summary><h3>{{id}}</h3> <span class="lede">{{outcome}}</span></summary>
        <div class="body">
        {{#others}}<p class="lede">It stands for {{count}} more that went the same way: {{names}}</p>{{/others}}
        <div class="scroll" tabindex="0" role="region" aria-label="{{title}}">{{{drawing}}}</div>
        <dl>{{#commands}}<dt>{{name}}</dt><dd><code>{{text}}</code></dd>{{/commands}}\
        <dt>The capture</dt><dd><code>{{capture}}</code></dd></dl>
        </div></details>
        {{/kinds}}
        <p class="lede">What is left out, and why: {{omissions}}</p>
        </section>
        """

    private static let surroundings = """
        <section id="surroundings" aria-labelledby="surroundings-title">
        <h2 id="surroundings-title">The surroundings</h2>
        <table><caption>Parameters of a new host, Linux {{kernel}}</caption>
        <thead><tr><th scope="col">Parameter</th><th scope="col">Value</th></tr></thead>
        <tbody>{{#sysctls}}<tr><th scope="row"><code>{{name}}</code></th><td>{{value}}</td></tr>{{/sysctls}}</tbody></table>
        {{#hasFailures}}<h3>What could not be carried out</h3>
        <ul>{{#failures}}<li><strong>{{id}}</strong>: {{reason}}</li>{{/failures}}</ul>{{/hasFailures}}
        </section>
        """

    /// How to read a sequence diagram.
    static let key = """
        <details class="body"><summary>How to read the drawings</summary>
        <p>One row for each event, in order, with the milliseconds since the first segment at the left: the axis is not \
        linear in time. A slanting arrow is a segment, from the moment it appeared on the wire to the moment it was \
        delivered; sequence numbers count from the beginning of the connection, and below zero before it. A dashed line \
        is a segment that waits on the wire, ✕ one that was dropped, a diamond one that the wire itself has made. A dot \
        on a life line is a socket call that has returned, with what it returned. The columns at both sides are the \
        state that each host’s socket table showed, from where it was first seen to be so. Where segments of several \
        connections cross, the columns speak of the one that moved last. Reading back an option that was just set is \
        left out.</p></details>
        """
}
