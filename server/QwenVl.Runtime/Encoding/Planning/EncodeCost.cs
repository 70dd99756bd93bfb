namespace QwenVl.Runtime.Encoding.Planning;

/// <summary>What a picture takes from its tenant's share.</summary>
internal static class EncodeCost
{
    /// <summary>The smallest picture that there is after resizing: none costs less, or many small ones could pass one large one.</summary>
    public const int Least = 256;

    /// <summary>The cost of so many patches.</summary>
    public static int Of(int patches) => Math.Max(patches, Least);
}
