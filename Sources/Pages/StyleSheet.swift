/// The page's style sheet: readable without colours, on paper, in the dark, and on a telephone.
package enum StyleSheet {
    package static var markup: Markup {
        let states = Palette.states.map { state, pair in
            ".S-\(state){fill:var(--\(pair)-bg)}text.S-\(state){fill:var(--\(pair))}"
        }
        let words = ["good", "bad", "cond", "none", "S-TIME-WAIT"].map {
            ".\($0){color:var(--\($0));background:var(--\($0)-bg)}"
        }
        let text = """
            :root{color-scheme:light dark;\(Palette.light.declarations)}
            @media screen and (prefers-color-scheme:dark){:root{\(Palette.dark.declarations)}}
            \(words.joined())
            \(states.joined())
            \(page)
            \(drawings)
            \(narrow)
            \(print)
            """
        return Markup(source: text)
    }

    /// What a drawing outside of the page needs, with colours in the place of variables, which few but browsers read.
    static let ofDrawing: String = {
        let states = Palette.states.map { state, pair in
            ".S-\(state){fill:var(--\(pair)-bg)}text.S-\(state){fill:var(--\(pair))}"
        }
        return Palette.light.replacingVariables(in: drawings + states.joined())
    }()

    private static let page = """
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;scroll-padding-top:3rem}
        body{margin:0;background:var(--paper);color:var(--ink);
        font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:break-word}
        header,main,footer{max-width:75rem;margin:0 auto;padding:0 1.25rem}
        h1{font:600 1.5rem/1.2 Georgia,"DejaVu Serif",serif;margin:.6rem 0 .1rem;letter-spacing:-.01em}
        h2{font:600 1.45rem/1.25 Georgia,"DejaVu Serif",serif;margin:2.8rem 0 .6rem;padding-top:.9rem;
        border-top:1px solid var(--rule)}
        #glance h2,.advice h2,.handout h2{border:0;margin:0;padding:0}#glance h2{margin-top:1rem}.advice h2{font-size:1.05rem}
        .short{font-size:1.15rem;line-height:1.4;max-width:58rem;margin:.4rem 0 .7rem}
        .advice{border-left:.25rem solid var(--accent);padding:.1rem 0 .1rem .9rem;margin:.6rem 0}
        .advice ul{margin:.2rem 0;padding-left:1.1rem;max-width:62rem}.advice li{margin:.15rem 0}
        header .lede,#glance .lede{max-width:none;margin:.3rem 0;font-size:.86rem;line-height:1.4}
        h3{font-size:1rem;margin:0;display:inline}
        h4{font-size:.9rem;margin:0;display:inline;font-weight:600}
        p{margin:.4rem 0 .7rem;max-width:46rem}
        a{color:var(--link);text-underline-offset:.15em}
        :focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        code,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.88em}
        .lede{color:var(--muted)}
        .skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--paper);padding:.4rem .8rem}
        nav.index{position:sticky;top:0;z-index:2;background:var(--paper);border-bottom:1px solid var(--rule);overflow-x:auto}
        nav.index ul{list-style:none;display:flex;gap:1.3rem;max-width:75rem;margin:0 auto;padding:.45rem 1.25rem;font-size:.86rem;
        white-space:nowrap}
        .filter{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end;margin:.8rem 0;font-size:.86rem;color:var(--muted)}
        .filter[hidden]{display:none}.filter label{display:grid;gap:.15rem}
        .filter input,.filter select{font:inherit;font-size:1rem;color:var(--ink);background:var(--paper);padding:.3rem .5rem;
        border:1px solid var(--muted);border-radius:.25rem;min-width:7rem;max-width:100%}.filter input{width:17rem}
        .all td,.all th{padding:.2rem .4rem}.all thead th{white-space:nowrap}.all tbody th{font-weight:400}
        .files{font-size:.86rem}
        .rest>summary{max-width:75rem;margin:0 auto;padding:.8rem 1.25rem;color:var(--link)}
        .handout{max-width:75rem;margin:0 auto;padding:0 1.25rem}.handout h2{margin-top:1rem;font-size:1.2rem}.handout h1{margin-top:.2rem}.handout section{padding-top:.8rem}
        .handout section+section{border-top:1px solid var(--rule);margin-top:1.5rem}
        a[title]:focus-visible::after{content:attr(title);position:absolute;z-index:3;margin:1.4rem 0 0 -1rem;max-width:20rem;
        white-space:normal;padding:.4rem .6rem;background:var(--paper);color:var(--ink);border:1px solid var(--muted);font-size:.8rem}
        .tally{display:flex;flex-wrap:wrap;gap:.4rem;list-style:none;padding:0;margin:.5rem 0}
        .tag{display:inline-block;border-radius:.25rem;padding:.05rem .5rem;font-size:.86rem;font-weight:600;white-space:nowrap}
        table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.4}
        caption{text-align:left;color:var(--muted);font-size:.84rem;padding:0 0 .2rem}
        th,td{overflow-wrap:break-word;text-align:left;vertical-align:top;padding:.45rem .6rem;
        border-bottom:1px solid var(--rule)}
        thead th{font-size:.78rem;font-weight:600;color:var(--muted);vertical-align:bottom;border-bottom-color:var(--muted)}
        tbody th{font-weight:600}
        .group th{padding-top:1.4rem;font-weight:400;font-style:italic;color:var(--muted);border-bottom-color:var(--muted)}
        .matrix,.remedies{font-size:.84rem;line-height:1.3}
        .matrix th,.matrix td,.remedies th,.remedies td{padding:.2rem .4rem}.matrix td.e{padding:.1rem .15rem}
        .matrix thead th,.remedies thead th{font-size:.75rem}.matrix thead th:nth-child(n+5){padding:.2rem .15rem}
        .matrix .tag,.remedies .tag{padding:0 .4rem}
        .matrix thead th:nth-child(3),.remedies thead th:nth-child(3){white-space:nowrap}
        .matrix td:nth-child(4) .contradicted{display:inline}.matrix small,.remedies small{font-weight:400;color:var(--muted);font-size:.95em}.remedies tbody th div{margin:.1rem 0 .25rem}
        .remedies tbody th small{display:block}
        .met{display:flex;flex-wrap:wrap;align-items:center;gap:0 .4rem}
        .answer{flex:1 1 auto;border-radius:.25rem;padding:.1rem .3rem;font-size:.75rem;font-weight:600;margin:.1rem 0}
        .answer small{font-weight:400;font-size:1em}
        .contradicted{display:block;font-size:.75rem;color:var(--muted);white-space:nowrap}
        .e .contradicted{padding:0 .25rem;font-size:.72rem;white-space:normal}
        .contradicted abbr{text-decoration:none;font-weight:700}
        .ledger{table-layout:fixed}
        .ledger thead th:nth-child(1){width:4rem}.ledger thead th:nth-child(2){width:27%}.ledger thead th:nth-child(3){width:25%}
        .ledger td:last-child{font-size:.86rem}
        .seen{color:var(--muted);margin-top:.2rem}
        .steps td,.steps th{padding:.2rem .4rem}.steps thead th:first-child{width:2.6rem}.steps tbody th{width:56%}.state{white-space:nowrap}
        .steps th{font-weight:600;font-size:.84rem}.steps td{font-size:.84rem}
        .steps small{display:block;font-weight:400;color:var(--muted);font-size:1em}
        .wide{display:grid;grid-template-columns:minmax(0,41.5rem) minmax(0,1fr);gap:.5rem 2rem;align-items:start}
        .ledger .id{white-space:nowrap}
        .cases{width:auto;margin:.4rem 0 .2rem;font-size:.84rem}.cases td{padding:.15rem .6rem .15rem 0}.cases tr:last-child td{border:0}
        .cases td:first-child{overflow-wrap:anywhere}
        .cases caption{font-size:.8rem;padding:0}.handout .cases{font-size:.95rem}
        ul.links{list-style:none;display:inline;padding:0;margin:0}ul.links li{display:inline}
        ul.links li+li::before{content:" · ";color:var(--muted)}
        details{border-top:1px solid var(--rule);padding:.1rem 0}
        summary{cursor:pointer;padding:.4rem 0}
        summary .lede{font-size:.88rem}
        details.more{border:0;display:inline-block;vertical-align:top;padding:0;max-width:100%}details.more summary{padding:0;color:var(--link);font-size:.86rem}
        details.inner{margin-left:1rem}
        details[open]>summary{position:relative}
        :target{background:color-mix(in srgb,var(--accent) 12%,transparent)}.body:target{background:none;
        border-left:.25rem solid var(--accent);padding-left:.7rem}
        .body{padding:.2rem 0 1rem;scroll-margin-top:5.5rem}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.4rem 0 .9rem;font-size:.9rem;max-width:60rem}
        dt{color:var(--muted)}dd{margin:0;min-width:0}
        .findings{font-size:.9rem;padding-left:1.1rem;max-width:56rem}
        .beside{display:grid;grid-template-columns:minmax(0,41.5rem) minmax(0,1fr);gap:2rem;align-items:start}
        """

    private static let drawings = """
        .scroll{overflow-x:auto;max-width:100%}
        svg{display:block}
        svg text{font:11.5px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--ink)}
        svg text.m{text-anchor:middle}svg text.e{text-anchor:end}
        svg .h{font-weight:600;font-size:12.5px}svg text.h.e,svg .t,svg .g{fill:var(--muted)}
        svg .t{font-size:10.5px;font-variant-numeric:tabular-nums}
        svg .g{font-size:11px}
        svg .k{font:10.5px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:var(--muted)}
        svg .k .o{fill:var(--ink)}svg .k .f{fill:var(--bad);font-weight:700}
        svg .n{font-size:10px;font-weight:600;letter-spacing:.02em}
        svg .s,svg .k,svg .g{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
        .s tspan{font-weight:700}.s .syn{fill:var(--opening)}.s .fin{fill:var(--active)}.s .rst{fill:var(--bad)}
        .l{stroke:var(--ink);stroke-width:1.5;fill:none}
        .a{fill:none;stroke:var(--muted);stroke-width:1.4}.d{fill:var(--muted)}
        .a.syn{stroke:var(--opening)}.d.syn{fill:var(--opening)}.a.fin{stroke:var(--active)}.d.fin{fill:var(--active)}
        .a.rst{stroke:var(--bad)}.d.rst{fill:var(--bad)}
        .w{stroke:var(--muted);stroke-dasharray:3 3;fill:none}.p{fill:var(--paper);stroke:var(--muted);stroke-width:1.4}
        .c{fill:var(--ink)}.x{stroke:var(--bad);stroke-width:2.2;fill:none}.j{fill:var(--accent)}
        .r{stroke:var(--rule);fill:none}
        .q{fill:none;stroke:var(--rule);stroke-width:2}.q.on{stroke:var(--ink)}.v{fill:var(--rule)}.v.on{fill:var(--ink)}
        .y{fill:var(--paper);stroke:var(--rule);stroke-width:1.5}.y.on{stroke:var(--ink)}
        a:hover .y.on{fill:var(--cond-bg)}
        svg .z{font-size:10.5px;font-weight:600;fill:var(--muted)}svg .z.on{fill:var(--ink)}
        svg .big{font-size:12px;font-weight:600}
        """

    private static let narrow = """
        @media print,not all and (max-width:60rem){
        .matrix tbody th,.matrix tbody td{width:6%}.matrix tbody td:nth-child(4){width:22%}.matrix td.e{width:10.5%}
        .matrix td.e:nth-child(5){width:5%}.matrix td.e:last-child{width:25%}
        .all tbody th{width:32%}.remedies tbody th{width:26%}.remedies td{width:8.5%}.remedies td:nth-child(2){width:12%}.remedies td:last-child{width:28%}
        }
        @media (max-width:72rem){.beside,.wide{display:block}}
        @media screen and (max-width:60rem){
        body{font-size:15px}h1{font-size:1.25rem}header,main,footer,.handout{padding:0 .8rem}.short{font-size:1.02rem}
        nav.index ul{padding:.45rem .8rem}.filter input{width:100%}.filter label:first-child{flex-basis:100%}
        table.cards,table.cards tbody,table.cards tr,table.cards th,table.cards td,table.cards caption{display:block}
        table.cards thead{position:absolute;left:-99rem}
        table.cards tr{border-bottom:1px solid var(--muted);padding:.6rem 0}
        table.cards th,table.cards td{border:0;padding:.1rem 0;max-width:none}
        table.cards td[data-label]::before,table.cards th[data-label]::before{content:attr(data-label) ": ";color:var(--muted);
        font-size:.82rem;font-weight:400}
        table.cards td.e{display:grid;grid-template-columns:7.2rem 1fr;align-items:start;gap:.4rem}
        table.cards td.e::before{padding-top:.35rem}table.cards td.e>*{grid-column:2}
        table.cards table.cases{display:table}table.cards .cases tbody{display:table-row-group}table.cards .cases caption{display:table-caption}
        table.cards .cases tr{display:table-row}table.cards .cases td{display:table-cell;padding:.1rem .6rem .1rem 0}
        .all tr[hidden]{display:none!important}
        dl{display:block}.ledger{table-layout:auto}dd{margin-bottom:.3rem}
        details.inner{margin-left:.3rem}
        }
        """

    private static let print = """
        @page{margin:13mm}
        @media print{:root{--paper:#fff}body{font-size:9.5pt}nav.index,.skip,.filter,caption .more,.rest>summary::marker{display:none}
        header,main,.handout{padding:0;max-width:none}
        .reasons{display:inline}.reasons::details-content{content-visibility:visible;display:inline;block-size:auto}.reasons>summary{display:none}
        summary{list-style:none;padding:.1rem 0}th,td{padding:.2rem .35rem}table,table.ledger td:last-child{font-size:8pt}
        .matrix,.remedies,.answer,.matrix thead th,.remedies thead th{font-size:7pt}.tag{font-size:inherit}
        .matrix .contradicted,.matrix small{font-size:6.5pt}.ledger .cases,.ledger .cases caption,.ledger details.more summary{font-size:7.5pt}h2{margin-top:1.2rem}
        #glance,#remedies,tr,svg,.scroll,.advice,dl,.handout .cases{break-inside:avoid}h2,h3,h4,summary,.short{break-after:avoid}
        .handout section+section{break-before:page;border:0;margin:0}.handout svg.sq{max-height:175mm}.handout section{padding:0}
        .rest:not([open]),.handout>details,.files{display:none}
        .scroll{overflow:visible}svg.sq{width:auto;height:auto;max-width:100%;max-height:235mm;margin:0 auto}
        *{print-color-adjust:exact;-webkit-print-color-adjust:exact}a{color:inherit;text-decoration:none}}
        """
}
