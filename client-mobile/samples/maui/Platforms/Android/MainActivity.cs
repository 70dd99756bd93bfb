using Android.App;
using Android.Content.PM;

namespace QwenVlSample;

/// <summary>The app's window on Android.</summary>
[Activity(Theme = "@style/Maui.SplashTheme", MainLauncher = true, ConfigurationChanges = ConfigChanges.ScreenSize | ConfigChanges.Orientation | ConfigChanges.UiMode)]
public sealed class MainActivity : MauiAppCompatActivity;
