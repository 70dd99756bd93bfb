namespace QwenVl.Client.Routing;

/// <summary>What a rule says.</summary>
public sealed record PrivacyVerdict
{
    private PrivacyVerdict(bool mustStay, string reason) => (MustStay, Reason) = (mustStay, reason);

    /// <summary>This rule has nothing against it.</summary>
    public static PrivacyVerdict MayLeave { get; } = new(false, "");

    /// <summary>Whether picture and prompt must stay on the device.</summary>
    public bool MustStay { get; }

    /// <summary>Why they must stay, in a few words; empty where they may leave.</summary>
    public string Reason { get; }

    /// <summary>They must stay.</summary>
    /// <param name="reason">Why, in a few words that show nothing of the picture: they end up in explanations.</param>
    public static PrivacyVerdict Local(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new PrivacyVerdict(true, reason);
    }
}
