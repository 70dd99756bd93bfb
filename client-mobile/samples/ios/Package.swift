// swift-tools-version:5.9
import PackageDescription

// QwenVlClient.xcframework: libqwenvl_client.a or .dylib of each platform with its header and module map; README.md says how.
let package = Package(
    name: "QwenVl",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [.library(name: "QwenVl", targets: ["QwenVl"])],
    targets: [
        .binaryTarget(name: "CQwenVl", path: "QwenVlClient.xcframework"),
        .target(name: "QwenVl", dependencies: ["CQwenVl"]),
    ]
)
