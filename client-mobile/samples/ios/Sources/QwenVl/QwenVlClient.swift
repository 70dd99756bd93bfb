import CQwenVl
import Foundation

/// Who does what; the numbers of qwenvl_client.h.
public enum Route: Int32, Sendable {
    case standard = 0, hybrid = 1, cloudOnly = 2, cloudFeatures = 3, deviceOnly = 4
}

/// One token: `text` is what the reader now sees more.
public struct Token: Sendable {
    public let index: Int
    public let isFromDevice: Bool
    public let text: String
}

/// Asks Qwen3-VL about pictures. Safe to use from any thread; `connect` and `warmUp` run on one of their own.
public final class QwenVlClient: Sendable {
    private let handle: qwenvl_client

    /// - Parameters:
    ///   - server: such as "http://192.168.1.2:8001"; nil: the device works alone
    ///   - engines: a folder of engines; nil: the server's tokens only
    public init(server: String? = nil, apiKey: String? = nil, engines: String? = nil) throws {
        var created: qwenvl_client = 0
        var options = qwenvl_client_options()
        options.size = UInt32(MemoryLayout<qwenvl_client_options>.size)
        // The strings live until the call returns; the library copies them.
        let texts = [server, apiKey, engines].map { $0.flatMap { strdup($0) } }
        defer { texts.forEach { free($0) } }
        options.server_address = UnsafePointer(texts[0])
        options.api_key = UnsafePointer(texts[1])
        options.device_engine_path = UnsafePointer(texts[2])
        try QwenVlError.check(qwenvl_client_create(&options, &created))
        handle = created
    }

    deinit {
        // Waits for the last callbacks: never on whatever thread let go of the client.
        let handle = handle
        DispatchQueue.global().async { _ = qwenvl_client_free(handle) }
    }

    public var isConnected: Bool { qwenvl_is_connected(handle) != 0 }

    public func connect() async throws {
        let handle = handle
        try await Self.inBackground { try QwenVlError.check(qwenvl_connect(handle)) }
    }

    public func warmUp(width: Int, height: Int) async throws {
        let handle = handle
        try await Self.inBackground { try QwenVlError.check(qwenvl_warm_up(handle, UInt32(width), UInt32(height))) }
    }

    /// Asks about an encoded picture (JPEG, PNG, WebP, BMP). Leaving the loop, or cancelling its task, gives the question up.
    public func generate(image: Data, prompt: String, route: Route = .standard, maxNewTokens: Int = 0) -> AsyncThrowingStream<Token, Error> {
        AsyncThrowingStream { continuation in
            var options = qwenvl_generate_options()
            options.size = UInt32(MemoryLayout<qwenvl_generate_options>.size)
            options.route = route.rawValue
            options.max_new_tokens = UInt32(maxNewTokens)
            // Held by the library until on_finish, which takes it back.
            let user = Unmanaged.passRetained(Relay(continuation, self)).toOpaque()
            var answer: qwenvl_answer = 0
            let status = image.withUnsafeBytes { bytes in
                // The library carries no tables for form C: Foundation does.
                qwenvl_generate(
                    handle, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, prompt.precomposedStringWithCanonicalMapping, &options,
                    { user, token in Relay.of(user).hear(token!.pointee) },
                    { user, status, _, error in Relay.of(user).end(status, error) },
                    user, &answer)
            }
            do {
                try QwenVlError.check(status)
            } catch {
                Unmanaged<Relay>.fromOpaque(user).release()
                continuation.finish(throwing: error)
                return
            }
            let started = answer
            // Freeing waits for the last callback unless it is called from one.
            continuation.onTermination = { _ in DispatchQueue.global().async { _ = qwenvl_answer_free(started) } }
        }
    }

    private static func inBackground(_ work: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, Error>) in
            DispatchQueue.global().async { continuation.resume(with: Result { try work() }) }
        }
    }
}

/// What an answer's callbacks are given.
private final class Relay {
    private let continuation: AsyncThrowingStream<Token, Error>.Continuation
    // A client that nobody holds any more is freed, which would cancel the answer.
    private let client: QwenVlClient

    init(_ continuation: AsyncThrowingStream<Token, Error>.Continuation, _ client: QwenVlClient) {
        self.continuation = continuation
        self.client = client
    }

    static func of(_ user: UnsafeMutableRawPointer?) -> Relay {
        Unmanaged<Relay>.fromOpaque(user!).takeUnretainedValue()
    }

    func hear(_ token: qwenvl_token) {
        let bytes = UnsafeRawBufferPointer(start: token.text, count: Int(token.text_bytes))
        continuation.yield(Token(index: Int(token.index), isFromDevice: token.source == 1, text: String(decoding: bytes, as: UTF8.self)))
    }

    func end(_ status: qwenvl_status, _ error: UnsafePointer<CChar>?) {
        if status == 0 {
            continuation.finish()
        } else {
            continuation.finish(throwing: QwenVlError(status: status, text: error.map { String(cString: $0) } ?? ""))
        }
        Unmanaged.passUnretained(self).release()
    }
}
