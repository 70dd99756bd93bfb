import CQwenVl
import Foundation

/// What went wrong: `status` has the numbers of qwenvl_client.h, the text is for people.
public struct QwenVlError: LocalizedError, Sendable {
    public let status: Int32
    public let errorDescription: String?

    init(status: Int32, text: String) {
        self.status = status
        self.errorDescription = text
    }

    /// Throws for everything but QWENVL_OK. On the same thread as the call that failed: the text is that thread's.
    static func check(_ status: qwenvl_status) throws {
        guard status != 0 else { return }
        var text = [CChar](repeating: 0, count: 1024)
        _ = qwenvl_last_error(&text, text.count)
        throw QwenVlError(status: status, text: String(cString: text))
    }
}
