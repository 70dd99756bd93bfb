namespace QwenVl.Benchmarks.Load.Checking;

/// <summary>What an answer must never do.</summary>
internal enum Violation
{
    /// <summary>A token's index is over the next one: some are missing.</summary>
    MissingTokens,

    /// <summary>A token's index came before.</summary>
    DuplicateTokens,

    /// <summary>The message that ends the answer counts other tokens than came.</summary>
    CountMismatch,

    /// <summary>A token came at or after the index from which the client writes.</summary>
    TokenAfterTakeOver,

    /// <summary>A feature chunk does not match its checksum.</summary>
    FeatureChecksum,

    /// <summary>Feature chunks have a gap, an overlap, or no header.</summary>
    FeatureOrder,

    /// <summary>The answer ended before its features did.</summary>
    FeaturesIncomplete,

    /// <summary>The header is of another picture, or contradicts itself.</summary>
    FeatureHeader,

    /// <summary>The features are not those that the same pixels had before.</summary>
    WrongFeatures,

    /// <summary>Something came after the end.</summary>
    MessageAfterEnd,

    /// <summary>The stream ended in good order, and the answer had no end.</summary>
    NoEnd,

    /// <summary>A message that this request did not ask for.</summary>
    Unexpected,
}
