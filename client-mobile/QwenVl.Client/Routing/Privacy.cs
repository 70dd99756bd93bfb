namespace QwenVl.Client.Routing;

/// <summary>Whether pictures and prompts may leave the device.</summary>
public enum Privacy
{
    /// <summary>They may, unless one of <see cref="QwenVlClientOptions.PrivacyRules"/> says otherwise.</summary>
    MayLeave,

    /// <summary>Nothing leaves the device: no connection is opened for it, and none that is open is used.</summary>
    LocalOnly,
}
