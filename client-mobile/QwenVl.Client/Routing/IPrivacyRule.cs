namespace QwenVl.Client.Routing;

/// <summary>
/// Says of a picture and its prompt whether they may leave the device. Runs before anything about them is sent, also before
/// their digests are; a rule that throws keeps them local. Called from any number of threads at once, never a screen's.
/// </summary>
public interface IPrivacyRule
{
    /// <summary>Its name, for explanations.</summary>
    string Name { get; }

    /// <summary>Judges.</summary>
    /// <param name="subject">What is about to be asked or sent; not to be kept.</param>
    /// <param name="cancellationToken">The question was given up.</param>
    ValueTask<PrivacyVerdict> JudgeAsync(PrivacySubject subject, CancellationToken cancellationToken);
}
