import Foundation
import Testing

@testable import Claims
@testable import Recordings
@testable import Reports
@testable import TCPSockets
@testable import TestSupport

@Suite("report.json")
struct ReportDocumentTests {
    private static let report = Report.madeUp(
        [
            CellResult(Cell()), CellResult(Cell(close: .abandon), connect: nil, bind: .failed(.addressInUse)),
            CellResult(Cell(family: .v6, timestamps: false)),
        ],
        experiments: [
            .madeUp("some", Finding("B8", holds: false, under: .ordinary("here"), because: "So.", evidence: ["some"]))
        ],
        failures: [RunFailure(id: "explicit-reset", reason: "waited 10 s in vain")])

    private func object(_ report: Report = Self.report, hasCaptures: Bool = false) throws -> [String: Any] {
        let json = try ReportDocument(report, hasCaptures: hasCaptures).json()
        return try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    }

    private func objects(_ key: String, _ object: [String: Any]) throws -> [[String: Any]] {
        try #require(object[key] as? [[String: Any]])
    }

    @Test("Its keys are those that other programs rely on")
    func keys() throws {
        let object = try object()
        #expect(
            Set(object.keys) == [
                "schema", "kernel", "sysctls", "cells", "claims", "states", "experiments", "failures",
            ])
        #expect(object["schema"] as? Int == 2)
        for cell in try objects("cells", object) {
            #expect(
                Set(cell.keys) == [
                    "id", "family", "bind", "reuseAddress", "close", "serverClose", "padding", "sysctls",
                    "firstToClose", "ending", "timeWait", "serverSaw", "reconnect", "freeAfterSeconds", "bytesSent",
                    "bytesLost", "closeMilliseconds", "rstCause", "pcap",
                ])
            #expect(Set(try #require(cell["reconnect"] as? [String: Any]).keys) == ["bind", "connect"])
        }
        let claims = try objects("claims", object)
        #expect(
            Set(try #require(claims.first).keys) == [
                "id", "text", "answer", "verdict", "condition", "exceptions", "because", "evidence",
            ])
        #expect(Set(try #require(object["states"] as? [String: Any]).keys) == ["visited", "transitions"])
        let experiment = try objects("experiments", object)[0]
        #expect(Set(experiment.keys) == ["id", "claims", "findings", "figures", "recordings"])
        #expect(
            Set(try objects("findings", experiment)[0].keys) == [
                "claim", "holds", "ordinary", "condition", "because", "evidence",
            ])
        #expect(Set(try objects("figures", experiment)[0].keys) == ["name", "value"])
        #expect(Set(try objects("recordings", experiment)[0].keys) == ["name", "pcap"])
        #expect(Set(try objects("failures", object)[0].keys) == ["id", "reason"])
    }

    @Test("What there is none of is null")
    func nulls() throws {
        let cells = try objects("cells", object())
        #expect(cells[0]["closeMilliseconds"] as? Double == 1.235)
        #expect(cells[1]["closeMilliseconds"] is NSNull)
        #expect(cells[0]["freeAfterSeconds"] is NSNull)
        #expect(cells[0]["rstCause"] is NSNull)
        #expect(cells[0]["pcap"] is NSNull)
        #expect((cells[1]["reconnect"] as? [String: Any])?["connect"] is NSNull)
    }

    @Test("Values are written as the design names them")
    func values() throws {
        let cells = try objects("cells", object(hasCaptures: true))
        #expect(cells[0]["pcap"] as? String == "cells/explicit-active.pcap")
        #expect(cells[2]["family"] as? Int == 6)
        #expect(cells[2]["sysctls"] as? [String: String] == ["net.ipv4.tcp_timestamps": "0"])
        let recordings = try objects("recordings", objects("experiments", object(hasCaptures: true))[0])
        #expect(recordings[0]["pcap"] as? String == "experiments/some-first.pcap")
    }

    @Test("It is read as it was written, and the same report is the same text")
    func roundTrip() throws {
        let document = Self.report.document
        let json = try document.json()
        #expect(try ReportDocument(json: Array(json.utf8)) == document)
        #expect(try Self.report.document.json() == json)
    }

    @Test("The states of a recording's second connection were visited too")
    func secondConnection() throws {
        let ends = [40_000, 40_001].map { port in
            FourTuple(
                client: Endpoint(Side.client.address(.v4), port: port),
                server: Endpoint(Side.server.address(.v4), port: 7000))
        }
        let samples = zip(ends, [TCPState.finWait2, .closing]).map { connection, state in
            let entry = SocketEntry(
                local: connection.client, remote: connection.server, state: state, timer: nil, retransmissions: 0,
                receiveQueue: 0, sendQueue: 0, user: 0, inode: 0)
            return StateSample(time: 1, connection: connection, states: SocketStates(client: entry))
        }
        let seen = Recording("made-up", segments: [], samples: samples, clientCalls: [], serverCalls: [])
        let report = Report.madeUp([], experiments: [ExperimentResult("here", [], recordings: [seen])])
        let states = try #require(try object(report)["states"] as? [String: Any])
        #expect(states["visited"] as? [String] == ["CLOSED", "CLOSING", "FIN-WAIT-2"])
    }

    @Test(
        "Anything else is no report, and the reason is in words",
        arguments: [
            ("", "it is not JSON"), ("{}", "it has no schema"), ("[]", "it is JSON, but not an object"),
            ("{\"schema\": 2}", "it has no kernel"), ("{\"schema\": \"1\"}", "schema has the wrong type"),
            (
                "{\"schema\": 2, \"kernel\": \"6\", \"sysctls\": {}, \"cells\": [{}]}", "it has no cells[0].id"
            ),
        ])
    func noReport(_ text: String, _ reason: String) {
        let error = #expect(throws: LaboratoryError.self) { try ReportDocument(json: Array(text.utf8)) }
        #expect(error?.description == "this is not a report of chat-lab: \(reason)")
    }

    @Test("A report of another schema is refused for that, whatever else it lacks", arguments: ["1", "3"])
    func otherSchema(_ number: String) throws {
        let error = #expect(throws: LaboratoryError.self) {
            try ReportDocument(json: Array("{\"schema\": \(number), \"kernel\": \"6\"}".utf8), name: "old.json")
        }
        #expect(
            error?.description
                == "old.json is a report of schema \(number), not 2: run chat-lab again to get a new one")
    }
}
