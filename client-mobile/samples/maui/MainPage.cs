namespace QwenVlSample;

/// <summary>Chooses a picture, asks about it and shows the answer as it comes.</summary>
public sealed class MainPage : ContentPage
{
    private readonly AskViewModel _model = new() { Engines = FindEngines() };

    /// <summary>Builds the page.</summary>
    public MainPage()
    {
        BindingContext = _model;
        var choose = new Button { Text = "Choose a picture and ask" };
        choose.Clicked += async (_, _) => await ChooseAndAskAsync();
        var stop = new Button { Text = "Stop" };
        stop.Clicked += (_, _) => _model.Stop();
        Content = new ScrollView
        {
            Content = new VerticalStackLayout
            {
                Padding = 16,
                Spacing = 8,
                Children = { Bound(nameof(AskViewModel.Server), "http://192.168.1.2:8001; empty: this device alone"), Bound(nameof(AskViewModel.Prompt), "Prompt"), choose, stop, Shown(nameof(AskViewModel.Text)), Shown(nameof(AskViewModel.Status)) },
            },
        };
    }

    /// <inheritdoc/>
    protected override void OnDisappearing()
    {
        _model.Stop();
        base.OnDisappearing();
    }

    private static string? FindEngines()
    {
        string folder = Path.Combine(FileSystem.AppDataDirectory, "engines");
        return Directory.Exists(folder) ? folder : null;
    }

    private static Entry Bound(string property, string placeholder)
    {
        var entry = new Entry { Placeholder = placeholder };
        entry.SetBinding(Entry.TextProperty, property);
        return entry;
    }

    private static Label Shown(string property)
    {
        var label = new Label();
        label.SetBinding(Label.TextProperty, property);
        return label;
    }

    private async Task ChooseAndAskAsync()
    {
        FileResult? chosen = (await MediaPicker.Default.PickPhotosAsync(new MediaPickerOptions { SelectionLimit = 1 })).FirstOrDefault();
        if (chosen is null) return;
        using Stream stream = await chosen.OpenReadAsync();
        using var picture = new MemoryStream();
        await stream.CopyToAsync(picture);
        await _model.AskAsync(picture.ToArray());
    }
}
