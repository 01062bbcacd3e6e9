import Recordings
import Reports
import TCPSockets
import Text

/// All cells in a table, with a filter by name and property where scripts run.
struct CellTable {
    private let results: [CellResult]
    private let cells: DistinctCells

    init(_ results: [CellResult], _ cells: DistinctCells) {
        (self.results, self.cells) = (results, cells)
    }

    private static let headings = [
        "Cell", "First to close", "Ends with", "TIME-WAIT", "Server saw", "Reconnect", "Lost", "Files",
    ]
    /// The headings by whose values one can choose, and where they stand.
    private static let choices = [1, 2, 3, 5]

    var markup: Markup {
        let count = counted(results.count, "cell")
        return """
            <form class="filter" role="search" hidden>
            <label>Cells with <input type="search" placeholder="linger ipv6 -no-timestamps" autocomplete="off"></label>
            \(Self.choices.markup(choice))<output aria-live="polite"></output>
            </form>
            <details class="table"><summary>All \(count) in a table</summary>
            <div class="body" id="all-cells">
            <table class="cards all"><caption>\(count), each with its capture and drawing</caption>
            <thead><tr>\(Self.headings.markup { "<th scope=\"col\">\($0)</th>" })</tr></thead>
            <tbody>\(results.markup(row))</tbody></table></div></details>
            """
    }

    private func choice(_ column: Int) -> Markup {
        """
        <label>\(Self.headings[column]) <select data-column="\(column)"><option value="">any</option></select></label>

        """
    }

    private func row(_ result: CellResult) -> Markup {
        let (cell, outcome) = (result.cell, result.outcome)
        let capture = CaptureFile.of(cell)
        let values = [
            outcome.firstToClose.rawValue, outcome.ending.rawValue.uppercased(), outcome.timeWait.rawValue,
            outcome.serverSaw.rawValue, outcome.reconnect.text, outcome.bytesLost > 0 ? "data" : "nothing",
        ]
        return """
            <tr data-words="\(Self.unsaid(cell))"><th scope="row">\
            \(Anchors.link(cell.id, to: cells.representative(of: cell.id).map(Anchors.cell)))</th>\
            \(zip(Self.headings.dropFirst(), values).markup { "<td data-label=\"\($0)\">\($1)</td>" })\
            <td data-label="Files"><a href="\(capture)">pcap</a> <a href="\(CaptureFile.drawing(besides: capture))">svg</a></td>\
            </tr>

            """
    }

    /// What the name of a cell leaves out, for those who look for it.
    private static func unsaid(_ cell: Cell) -> String {
        let words = [
            cell.family == .v4 ? "ipv4" : nil, cell.serverClose == .first ? "server-first" : nil,
            cell.timestamps ? "timestamps" : nil,
        ]
        return words.compactMap(\.self).joined(separator: " ")
    }

    /// Each word must be in a cell's row, or, after a minus, must not be. Without it the form stays hidden.
    static let script = Markup(
        source: """
            <script>
            for (const form of document.querySelectorAll('form.filter')) {
              const rows = [...document.querySelectorAll('#all-cells tbody tr')];
              const texts = rows.map(r => (r.textContent + ' ' + r.dataset.words).toLowerCase().replace(/pcap svg/, ''));
              const words = form.querySelector('input'), selects = [...form.querySelectorAll('select')];
              const value = (row, select) => row.cells[select.dataset.column].textContent;
              for (const select of selects)
                for (const one of new Set(rows.map(r => value(r, select)))) select.add(new Option(one));
              const apply = () => {
                const all = words.value.toLowerCase().split(/\\s+/).filter(w => w && w != '-');
                let count = 0;
                rows.forEach((row, i) => {
                  const fits = all.every(w => w[0] == '-' ? !texts[i].includes(w.slice(1)) : texts[i].includes(w))
                    && selects.every(s => !s.value || value(row, s) == s.value);
                  row.hidden = !fits;
                  count += fits;
                });
                form.querySelector('output').textContent = `${count} of ${rows.length}`;
                const chosen = all.length || selects.some(s => s.value);
                if (chosen) form.nextElementSibling.open = true;
              };
              form.addEventListener('input', apply);
              form.addEventListener('submit', e => e.preventDefault());
              form.hidden = false;
              apply();
            }
            </script>
            """)
}
