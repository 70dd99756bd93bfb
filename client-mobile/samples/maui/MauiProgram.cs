namespace QwenVlSample;

/// <summary>Where each platform begins.</summary>
public static class MauiProgram
{
    /// <summary>The app.</summary>
    public static MauiApp CreateMauiApp() => MauiApp.CreateBuilder().UseMauiApp<App>().Build();
}
