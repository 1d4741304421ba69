// swift-tools-version: 6.2
import PackageDescription

/// One set of settings for every target of ours.
let swiftSettings: [SwiftSetting] =
    [
        // SE-0335: an existential is written `any P`.
        .enableUpcomingFeature("ExistentialAny"),
        // SE-0409: an import is internal unless a public signature needs it.
        .enableUpcomingFeature("InternalImportsByDefault"),
        // SE-0444: a member is visible only where its module is imported.
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
    // CI sets WERROR; a warning of ours then fails the build, one of a dependency does not.
    + (Context.environment["WERROR"] != nil ? [.treatAllWarnings(as: .error)] : [])

let package = Package(
    name: "mainstay",
    products: [
        .executable(name: "mainstay", targets: ["mainstay"]),
        .library(name: "MainstayEngine", targets: ["Values", "Agreements", "Rating", "Wording"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        .target(name: "Values", swiftSettings: swiftSettings),
        .target(name: "Agreements", dependencies: ["Values"], swiftSettings: swiftSettings),
        .target(name: "Rating", dependencies: ["Values", "Agreements"], swiftSettings: swiftSettings),
        .target(name: "Wording", dependencies: ["Values", "Agreements", "Rating"], swiftSettings: swiftSettings),
        .target(
            name: "Formats", dependencies: ["Values", .product(name: "Yams", package: "Yams")],
            swiftSettings: swiftSettings),
        .target(
            name: "Exchange", dependencies: ["Values", "Agreements", "Rating", "Wording", "Formats"],
            swiftSettings: swiftSettings),
        .systemLibrary(name: "CGMime", pkgConfig: "gmime-3.0", providers: [.apt(["libgmime-3.0-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CSpawn"),
        .systemLibrary(name: "CZxcvbn", providers: [.apt(["libzxcvbn-dev"])]),
        .target(
            name: "MailReader", dependencies: ["Exchange", "CGMime", "CLibXML2"],
            swiftSettings: swiftSettings
        ),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(
            name: "Database",
            dependencies: [
                "Values", "CPostgres", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "Storage",
            dependencies: [
                "Values", "Agreements", "Rating", "Formats", "Exchange", "Database",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "ServiceDesk",
            dependencies: [
                "Values", "Agreements", "Rating", "Wording", "Formats", "Exchange", "Database", "Storage", "CSpawn",
                "CZxcvbn",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "HTTPClient",
            dependencies: [
                "Values",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "SiteKit",
            dependencies: [
                "Values", "Formats",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "WebApp",
            dependencies: [
                "Values", "Agreements", "Rating", "Wording", "Formats", "Exchange", "Database", "Storage",
                "ServiceDesk", "SiteKit",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: swiftSettings),
        .target(name: "Terminal", dependencies: ["Values"], swiftSettings: swiftSettings),
        .executableTarget(
            name: "mainstay",
            dependencies: [
                "Values", "Agreements", "Rating", "Wording", "Formats", "Exchange", "Database", "Storage",
                "ServiceDesk", "SiteKit", "Terminal", "WebApp",
                "HTTPClient",
                "MailReader",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(name: "ValuesTests", dependencies: ["Values"], swiftSettings: swiftSettings),
        .testTarget(name: "FormatsTests", dependencies: ["Values", "Formats"], swiftSettings: swiftSettings),
        .testTarget(name: "AgreementsTests", dependencies: ["Values", "Agreements"], swiftSettings: swiftSettings),
        .testTarget(
            name: "RatingTests", dependencies: ["Values", "Agreements", "Rating", "Wording", "Formats", "Exchange"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ExchangeTests", dependencies: ["Values", "Agreements", "Rating", "Wording", "Formats", "Exchange"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "MailReaderTests", dependencies: ["Formats", "Exchange", "MailReader"], swiftSettings: swiftSettings),
        .target(
            name: "TestSupport", dependencies: ["Values", "Agreements", "Database", "Storage"],
            path: "Tests/TestSupport",
            swiftSettings: swiftSettings),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "Values", "Agreements", "Rating", "Wording", "Formats", "Exchange", "Database", "Storage",
                "TestSupport",
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ServiceDeskTests",
            dependencies: [
                "Values", "Agreements", "Rating", "Wording", "Formats", "Exchange", "Database", "Storage",
                "ServiceDesk",
                "TestSupport",
            ],
            exclude: ["Schemas"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "WebAppTests",
            dependencies: [
                "Values", "Agreements", "Rating", "Wording", "Formats", "Exchange", "Database", "Storage",
                "ServiceDesk", "SiteKit", "WebApp",
                "HTTPClient",
                "MailReader",
                "TestSupport",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "MainstayTests",
            dependencies: ["mainstay", "Terminal", "Values", "Agreements", "Rating", "Wording", "Formats", "Exchange"],
            swiftSettings: swiftSettings),
    ],
    swiftLanguageModes: [.v6]
)

// Run by hand: MAINSTAY_BENCHMARKS=1 swift run -c release storage-benchmark. Of this package, for it looks inside.
if Context.environment["MAINSTAY_BENCHMARKS"] != nil {
    package.targets.append(
        .executableTarget(
            name: "storage-benchmark",
            dependencies: [
                "Values", "Agreements", "Rating", "Wording", "Formats", "Exchange", "Database", "Storage",
                "ServiceDesk",
            ], path: "Benchmarks/storage-benchmark", swiftSettings: swiftSettings))
}
