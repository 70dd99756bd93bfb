using Microsoft.Extensions.Options;
using QwenVl.Runtime.Configuration;
using QwenVl.Server.Configuration;
using QwenVl.Server.Lifecycle;
using Serilog;

var settings = new Dictionary<string, string?>();
if (ServerCommandLine.Parse(args, settings) is { } exitCode) return exitCode;

WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
builder.Configuration.AddInMemoryCollection(settings);
builder.Host.UseSerilog((context, log) => log.ReadFrom.Configuration(context.Configuration).WriteTo.Console(formatProvider: System.Globalization.CultureInfo.InvariantCulture));
ServerServices.Add(builder.Services, builder.Configuration);
builder.Services.AddHostedService<ModelLoading>();
builder.WebHost.ConfigureKestrel((_, kestrel) => ServerServices.Listen(
    kestrel,
    kestrel.ApplicationServices.GetRequiredService<IOptions<ServerOptions>>().Value,
    kestrel.ApplicationServices.GetRequiredService<IOptions<RuntimeOptions>>().Value));

try
{
    await using WebApplication app = builder.Build();
    ServerServices.Map(app);
    await app.RunAsync();
    return Environment.ExitCode;
}
catch (Exception error) when (error is OptionsValidationException or FormatException or IOException)
{
    await Console.Error.WriteLineAsync($"Cannot start: {error.Message}");
    return 1;
}
