namespace QwenVl.Client.Routing;

/// <summary>A rule made of a classifier that the app brings, such as the operating system's own detector of faces or documents.</summary>
/// <param name="name">What it finds, for explanations: "faces".</param>
/// <param name="finds">Whether the picture or the prompt holds what must not leave the device.</param>
public sealed class ClassifierRule(string name, Func<PrivacySubject, CancellationToken, ValueTask<bool>> finds) : IPrivacyRule
{
    private readonly PrivacyVerdict _local = PrivacyVerdict.Local($"{name} were found");

    /// <inheritdoc/>
    public string Name => name;

    /// <summary>Pictures with faces stay.</summary>
    /// <param name="finds">Whether there is one.</param>
    public static ClassifierRule Faces(Func<PrivacySubject, CancellationToken, ValueTask<bool>> finds) => new("faces", finds);

    /// <summary>Pictures of documents stay: passports, letters, cards.</summary>
    /// <param name="finds">Whether there is one.</param>
    public static ClassifierRule Documents(Func<PrivacySubject, CancellationToken, ValueTask<bool>> finds) => new("documents", finds);

    /// <inheritdoc/>
    public async ValueTask<PrivacyVerdict> JudgeAsync(PrivacySubject subject, CancellationToken cancellationToken) =>
        await finds(subject, cancellationToken).ConfigureAwait(false) ? _local : PrivacyVerdict.MayLeave;
}
