using QwenVl.Client.Answers;
using QwenVl.Client.Native.Abi;
using QwenVl.Model.Sampling;

namespace QwenVl.Client.Native.Clients;

/// <summary>Options of a C program as those of the library; zero leaves the library's own default.</summary>
internal static unsafe class OptionReader
{
    private const string Client = "qwenvl_client_options";
    private const string Generate = "qwenvl_generate_options";

    /// <exception cref="ArgumentException">It is null, of no known size, or holds what is no UTF-8 or no address.</exception>
    public static QwenVlClientOptions ReadClient(ClientOptionsData* data)
    {
        // A later version's structure grows: the smallest stays that of the first.
        ClientOptionsData given = SizedStructure.Read(data, Client, smallest: 48);
        var options = new QwenVlClientOptions
        {
            ServerAddress = Utf8Text.Read(given.ServerAddress, $"{Client}.server_address") is { } text ? Address(text) : null,
            ApiKey = Utf8Text.Read(given.ApiKey, $"{Client}.api_key"),
            DeviceEnginePath = Utf8Text.Read(given.DeviceEnginePath, $"{Client}.device_engine_path"),
            DeviceThreads = Number(given.DeviceThreads, $"{Client}.device_threads"),
        };
        return options with
        {
            ConnectTimeout = Time(given.ConnectTimeoutMilliseconds, options.ConnectTimeout),
            UploadTimeout = Time(given.UploadTimeoutMilliseconds, options.UploadTimeout),
            KeepAlive = Time(given.KeepAliveMilliseconds, options.KeepAlive),
            PrefillChunk = given.PrefillChunk == 0 ? options.PrefillChunk : Number(given.PrefillChunk, $"{Client}.prefill_chunk"),
        };
    }

    /// <exception cref="ArgumentException">It is of no known size, or a value is not one of those that there are.</exception>
    public static GenerateOptions ReadGenerate(GenerateOptionsData* data)
    {
        if (data is null) return GenerateOptions.Default;
        GenerateOptionsData given = SizedStructure.Read(data, Generate, smallest: 48);
        if (given.Reserved != 0) throw new ArgumentException($"{Generate}.reserved is {given.Reserved}; it must be 0.");
        GenerateOptions defaults = GenerateOptions.Default;
        return defaults with
        {
            Route = given.Route switch
            {
                0 => defaults.Route,
                1 => Route.Hybrid,
                2 => Route.CloudOnly,
                3 => Route.CloudFeatures,
                4 => Route.DeviceOnly,
                5 => Route.Auto,
                _ => throw new ArgumentException($"{Generate}.route is {given.Route}, which is none."),
            },
            Resolution = given.Resolution switch
            {
                0 => PictureResolution.Auto,
                1 => PictureResolution.Pixels512,
                2 => PictureResolution.Pixels1024,
                _ => throw new ArgumentException($"{Generate}.resolution is {given.Resolution}, which is none."),
            },
            MaxNewTokens = given.MaxNewTokens == 0 ? defaults.MaxNewTokens : Number(given.MaxNewTokens, $"{Generate}.max_new_tokens"),
            MaxCloudTokens = given.MaxCloudTokens == 0 ? null : Number(given.MaxCloudTokens, $"{Generate}.max_cloud_tokens"),
            Sampling = new SamplingParameters
            {
                Temperature = given.Temperature,
                TopK = Number(given.TopK, $"{Generate}.top_k"),
                TopP = given.TopP == 0 ? SamplingParameters.Greedy.TopP : given.TopP,
                RepetitionPenalty = given.RepetitionPenalty == 0 ? SamplingParameters.Greedy.RepetitionPenalty : given.RepetitionPenalty,
                Seed = given.Seed,
            },
        };
    }

    private static Uri Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
        ? address
        : throw new ArgumentException($"{Client}.server_address \"{text}\" is no address, such as http://127.0.0.1:8001.");

    private static int Number(uint value, string name) => value <= int.MaxValue
        ? (int)value
        : throw new ArgumentException($"{name} is {value}; the most is {int.MaxValue}.");

    private static TimeSpan Time(uint milliseconds, TimeSpan without) => milliseconds == 0 ? without : TimeSpan.FromMilliseconds(milliseconds);
}
