namespace QwenVl.Runtime.Errors;

/// <summary>Why requests are refused, for programs. Published: never renamed.</summary>
public static class RequestReason
{
    public const string UnsupportedImage = "UNSUPPORTED_IMAGE";
    public const string TruncatedImage = "TRUNCATED_IMAGE";
    public const string DamagedImage = "DAMAGED_IMAGE";
    public const string AnimatedImage = "ANIMATED_IMAGE";
    public const string ImageTooLarge = "IMAGE_TOO_LARGE";
    public const string ImageAspectRatio = "IMAGE_ASPECT_RATIO";
    public const string ImageUnknown = "IMAGE_UNKNOWN";
    public const string ImageNotReady = "IMAGE_NOT_READY";
    public const string ImageDigest = "IMAGE_DIGEST_MISMATCH";
    public const string ImageLimit = "IMAGE_LIMIT";
    public const string EmptyPrompt = "EMPTY_PROMPT";
    public const string PromptTooLong = "PROMPT_TOO_LONG";
    public const string BadConversation = "BAD_CONVERSATION";
    public const string BadSampling = "BAD_SAMPLING";
    public const string BadAnswerPrefix = "BAD_ANSWER_PREFIX";
    public const string BadRequest = "BAD_REQUEST";
    public const string NothingAsked = "NOTHING_ASKED";
    public const string QuestionLimit = "QUESTION_LIMIT";
    public const string QuestionKnown = "QUESTION_KNOWN";
    public const string QuestionUnknown = "QUESTION_UNKNOWN";
    public const string QueueFull = "QUEUE_FULL";
    public const string ProtocolVersion = "PROTOCOL_VERSION";
    public const string HelloExpected = "HELLO_EXPECTED";
    public const string FingerprintUnknown = "FINGERPRINT_UNKNOWN";
    public const string TokenizerMismatch = "TOKENIZER_MISMATCH";
    public const string ChunkOutOfOrder = "CHUNK_OUT_OF_ORDER";
    public const string ChunkChecksum = "CHUNK_CHECKSUM";
    public const string ChunkTooLarge = "CHUNK_TOO_LARGE";
    public const string SlowReader = "SLOW_READER";
    public const string StreamLimit = "STREAM_LIMIT";
    public const string ImageMemory = "IMAGE_MEMORY";
    public const string DeadlineExceeded = "DEADLINE_EXCEEDED";
    public const string Ending = "ENDING";
    public const string Loading = "LOADING";
    public const string Unauthenticated = "UNAUTHENTICATED";
    public const string Internal = "INTERNAL";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. typeof(RequestReason).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)];
}
