namespace QwenVlSample;

/// <summary>One window with one page.</summary>
public sealed class App : Application
{
    /// <inheritdoc/>
    protected override Window CreateWindow(IActivationState? activationState) => new(new MainPage());
}
