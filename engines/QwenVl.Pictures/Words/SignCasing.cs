namespace QwenVl.Pictures.Words;

/// <summary>How a sign's letters are written.</summary>
internal enum SignCasing
{
    AsListed,
    Upper,

    /// <summary>Every word begins with a capital.</summary>
    Title,
}
