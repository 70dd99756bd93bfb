namespace QwenVl.Server.Configuration;

/// <summary>The server cannot start.</summary>
/// <param name="reasons">Why, one line each.</param>
internal sealed class StartException(IReadOnlyList<string> reasons) : Exception(string.Join(Environment.NewLine, reasons))
{
    /// <summary>Why, one line each.</summary>
    public IReadOnlyList<string> Reasons { get; } = reasons;
}
