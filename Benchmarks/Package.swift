// swift-tools-version: 6.2
import PackageDescription

/// Benchmarks, run by hand: see docs/benchmarks.md. A package of their own, so that `./test` never builds them.
let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "mainstay", path: "..")],
    targets: [
        .executableTarget(
            name: "rating-benchmark", dependencies: [.product(name: "MainstayEngine", package: "mainstay")])
    ],
    swiftLanguageModes: [.v6]
)
