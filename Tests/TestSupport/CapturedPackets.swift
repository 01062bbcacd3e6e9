@testable import Packets

extension CapturedPacket {
    static let all = [
        CapturedPacket(
            "IPv4 SYN",
            hex: """
                4500003c4478400040067240c0000201c0000202c3511b58b9b5cb1100000000a002faf098b90000020405b40402080a \
                cda5ff37000000000103030a
                """,
            source: "192.0.2.1:50001", destination: "192.0.2.2:7000",
            sequence: 3_115_698_961, acknowledgement: 0,
            flags: [.syn], window: 64_240,
            options: [
                .maximumSegmentSize(1460),
                .selectiveAcknowledgementPermitted,
                .timestamps(value: 3_450_208_055, echo: 0),
                .windowScale(10),
            ], payload: ""),
        CapturedPacket(
            "IPv4 SYN ACK",
            hex: """
                4500003c000040004006b6b8c0000202c00002011b58c351fe96188cb9b5cb12a012fe88933e0000020405b40402080a \
                2105c9a9cda5ff370103030a
                """,
            source: "192.0.2.2:7000", destination: "192.0.2.1:50001",
            sequence: 4_271_249_548, acknowledgement: 3_115_698_962,
            flags: [.syn, .ack], window: 65_160,
            options: [
                .maximumSegmentSize(1460),
                .selectiveAcknowledgementPermitted,
                .timestamps(value: 554_027_433, echo: 3_450_208_055),
                .windowScale(10),
            ], payload: ""),
        CapturedPacket(
            "IPv4 ACK",
            hex: """
                450000344479400040067247c0000201c0000202c3511b58b9b5cb12fe96188d8010003fc05300000101080acda5ff3b \
                2105c9a9
                """,
            source: "192.0.2.1:50001", destination: "192.0.2.2:7000",
            sequence: 3_115_698_962, acknowledgement: 4_271_249_549,
            flags: [.ack], window: 63,
            options: [
                .timestamps(value: 3_450_208_059, echo: 554_027_433)
            ], payload: ""),
        CapturedPacket(
            "IPv4 data",
            hex: """
                45000039447a400040067241c0000201c0000202c3511b58b9b5cb12fe96188d8018003f7c7000000101080acda5ff3f \
                2105c9a968656c6c6f
                """,
            source: "192.0.2.1:50001", destination: "192.0.2.2:7000",
            sequence: 3_115_698_962, acknowledgement: 4_271_249_549,
            flags: [.psh, .ack], window: 63,
            options: [
                .timestamps(value: 3_450_208_063, echo: 554_027_433)
            ], payload: "hello"),
        CapturedPacket(
            "IPv4 SACK",
            hex: """
                4500004043e44000400672d0c0000202c00002011b58c351fe96188db9b5cb17b0100040802300000101080a2105ca11 \
                cda5ff3f0101050ab9b5cb1bb9b5cb1f
                """,
            source: "192.0.2.2:7000", destination: "192.0.2.1:50001",
            sequence: 4_271_249_549, acknowledgement: 3_115_698_967,
            flags: [.ack], window: 64,
            options: [
                .timestamps(value: 554_027_537, echo: 3_450_208_063),
                .selectiveAcknowledgement([.init(start: 3_115_698_971, end: 3_115_698_975)]),
            ], payload: ""),
        CapturedPacket(
            "IPv4 answer",
            hex: """
                4500003943e64000400672d5c0000202c00002011b58c351fe96188db9b5cb1f801800408f8c00000101080a2105cc09 \
                cda5ffab576f726c64
                """,
            source: "192.0.2.2:7000", destination: "192.0.2.1:50001",
            sequence: 4_271_249_549, acknowledgement: 3_115_698_975,
            flags: [.psh, .ack], window: 64,
            options: [
                .timestamps(value: 554_028_041, echo: 3_450_208_171)
            ], payload: "World"),
        CapturedPacket(
            "IPv4 FIN",
            hex: """
                45000034447f400040067241c0000201c0000202c3511b58b9b5cb1ffe9618928011003fbb8000000101080acda6019b \
                2105cc09
                """,
            source: "192.0.2.1:50001", destination: "192.0.2.2:7000",
            sequence: 3_115_698_975, acknowledgement: 4_271_249_554,
            flags: [.fin, .ack], window: 63,
            options: [
                .timestamps(value: 3_450_208_667, echo: 554_028_041)
            ], payload: ""),
        CapturedPacket(
            "IPv4 RST by SO_LINGER 0",
            hex: """
                45000034834b400040063375c0000201c0000202c3521b586f45c1450493e97a8014003fc15c00000101080ae3f6b460 \
                7a9920e5
                """,
            source: "192.0.2.1:50002", destination: "192.0.2.2:7000",
            sequence: 1_866_842_437, acknowledgement: 76_802_426,
            flags: [.rst, .ack], window: 63,
            options: [
                .timestamps(value: 3_824_596_064, echo: 2_056_855_781)
            ], payload: ""),
        CapturedPacket(
            "IPv4 RST of a closed port",
            hex: """
                45000028000040004006b6ccc0000202c00002011b59c3530000000025a397cd501400008faf0000
                """,
            source: "192.0.2.2:7001", destination: "192.0.2.1:50003",
            sequence: 0, acknowledgement: 631_478_221,
            flags: [.rst, .ack], window: 0,
            options: [], payload: ""),
        CapturedPacket(
            "IPv6 SYN",
            hex: """
                600bea8c0028064020010db800000000000000000000000120010db8000000000000000000000002c3511b58bc1e4fab \
                00000000a002fd2005f00000020405a00402080adc2e22e9000000000103030a
                """,
            source: "[2001:db8::1]:50001", destination: "[2001:db8::2]:7000",
            sequence: 3_156_103_083, acknowledgement: 0,
            flags: [.syn], window: 64_800,
            options: [
                .maximumSegmentSize(1440),
                .selectiveAcknowledgementPermitted,
                .timestamps(value: 3_694_011_113, echo: 0),
                .windowScale(10),
            ], payload: ""),
        CapturedPacket(
            "IPv6 SYN ACK",
            hex: """
                600527f70028064020010db800000000000000000000000220010db80000000000000000000000011b58c3512be66ab7 \
                bc1e4faca012fb04939b0000020405a00402080ab6f326cedc2e22e90103030a
                """,
            source: "[2001:db8::2]:7000", destination: "[2001:db8::1]:50001",
            sequence: 736_520_887, acknowledgement: 3_156_103_084,
            flags: [.syn, .ack], window: 64_260,
            options: [
                .maximumSegmentSize(1440),
                .selectiveAcknowledgementPermitted,
                .timestamps(value: 3_069_388_494, echo: 3_694_011_113),
                .windowScale(10),
            ], payload: ""),
        CapturedPacket(
            "IPv6 ACK",
            hex: """
                600bea8c0020064020010db800000000000000000000000120010db8000000000000000000000002c3511b58bc1e4fac \
                2be66ab880100040bd1b00000101080adc2e22e9b6f326ce
                """,
            source: "[2001:db8::1]:50001", destination: "[2001:db8::2]:7000",
            sequence: 3_156_103_084, acknowledgement: 736_520_888,
            flags: [.ack], window: 64,
            options: [
                .timestamps(value: 3_694_011_113, echo: 3_069_388_494)
            ], payload: ""),
        CapturedPacket(
            "IPv6 data",
            hex: """
                600bea8c0025064020010db800000000000000000000000120010db8000000000000000000000002c3511b58bc1e4fac \
                2be66ab880180040793c00000101080adc2e22e9b6f326ce68656c6c6f
                """,
            source: "[2001:db8::1]:50001", destination: "[2001:db8::2]:7000",
            sequence: 3_156_103_084, acknowledgement: 736_520_888,
            flags: [.psh, .ack], window: 64,
            options: [
                .timestamps(value: 3_694_011_113, echo: 3_069_388_494)
            ], payload: "hello"),
        CapturedPacket(
            "IPv6 SACK",
            hex: """
                600527f7002c064020010db800000000000000000000000220010db80000000000000000000000011b58c3512be66ab8 \
                bc1e4fb1b010003f6eec00000101080ab6f32736dc2e22e90101050abc1e4fb5bc1e4fb9
                """,
            source: "[2001:db8::2]:7000", destination: "[2001:db8::1]:50001",
            sequence: 736_520_888, acknowledgement: 3_156_103_089,
            flags: [.ack], window: 63,
            options: [
                .timestamps(value: 3_069_388_598, echo: 3_694_011_113),
                .selectiveAcknowledgement([.init(start: 3_156_103_093, end: 3_156_103_097)]),
            ], payload: ""),
        CapturedPacket(
            "IPv6 answer",
            hex: """
                600527f70025064020010db800000000000000000000000220010db80000000000000000000000011b58c3512be66ab8 \
                bc1e4fb98018003f8c6200000101080ab6f3292adc2e2351576f726c64
                """,
            source: "[2001:db8::2]:7000", destination: "[2001:db8::1]:50001",
            sequence: 736_520_888, acknowledgement: 3_156_103_097,
            flags: [.psh, .ack], window: 63,
            options: [
                .timestamps(value: 3_069_389_098, echo: 3_694_011_217)
            ], payload: "World"),
        CapturedPacket(
            "IPv6 FIN",
            hex: """
                600bea8c0020064020010db800000000000000000000000120010db8000000000000000000000002c3511b58bc1e4fb9 \
                2be66abd80110040b84800000101080adc2e254db6f3292a
                """,
            source: "[2001:db8::1]:50001", destination: "[2001:db8::2]:7000",
            sequence: 3_156_103_097, acknowledgement: 736_520_893,
            flags: [.fin, .ack], window: 64,
            options: [
                .timestamps(value: 3_694_011_725, echo: 3_069_389_098)
            ], payload: ""),
        CapturedPacket(
            "IPv6 RST by SO_LINGER 0",
            hex: """
                6008e2760020064020010db800000000000000000000000120010db8000000000000000000000002c3521b5804374497 \
                d9e954e78014004015ff00000101080af6caa728631cadab
                """,
            source: "[2001:db8::1]:50002", destination: "[2001:db8::2]:7000",
            sequence: 70_730_903, acknowledgement: 3_655_947_495,
            flags: [.rst, .ack], window: 64,
            options: [
                .timestamps(value: 4_140_476_200, echo: 1_662_823_851)
            ], payload: ""),
        CapturedPacket(
            "IPv6 RST of a closed port",
            hex: """
                6004ffea0014064020010db800000000000000000000000220010db80000000000000000000000011b59c35300000000 \
                37f9a10e501400009ca70000
                """,
            source: "[2001:db8::2]:7001", destination: "[2001:db8::1]:50003",
            sequence: 0, acknowledgement: 939_106_574,
            flags: [.rst, .ack], window: 0,
            options: [], payload: ""),
    ]
}
