using Android.App;
using Android.Runtime;

namespace QwenVlSample;

/// <summary>Where Android begins. Plain http is for a server on your own network: remove it and take https anywhere else.</summary>
[Application(UsesCleartextTraffic = true)]
public sealed class MainApplication(IntPtr handle, JniHandleOwnership ownership) : MauiApplication(handle, ownership)
{
    /// <inheritdoc/>
    protected override MauiApp CreateMauiApp() => MauiProgram.CreateMauiApp();
}
