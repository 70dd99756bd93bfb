using System.Globalization;
using QwenVl.Runtime.Hosting;
using QwenVl.Server.Configuration;
using Serilog;

namespace QwenVl.Server.Lifecycle;

/// <summary>The server as a whole, from its arguments to its exit code.</summary>
internal static class ServerHost
{
    /// <summary>Runs until told to end.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="error">Receives one line for each reason why it cannot start.</param>
    /// <param name="configure">May replace services.</param>
    /// <returns>The exit code: 0 after a clean end, 1 where it could not start.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter error, Action<IServiceCollection>? configure = null)
    {
        try
        {
            CommandLine line = ServerCommandLine.Parse(args);
            if (line.ExitCode is { } exitCode) return exitCode;
            await using WebApplication app = Build(line, configure);
            // Here, and not when the host starts its services, which would log a missing GPU as a defect of its own.
            app.Services.GetRequiredService<IBackend>();
            HostedModels models = app.Services.GetRequiredService<HostedModels>();
            await app.RunAsync();
            return models.Failure is { } failure ? throw new StartException([failure]) : 0;
        }
        catch (StartException cannot)
        {
            foreach (string reason in cannot.Reasons) await error.WriteLineAsync($"Cannot start: {reason}");
        }
        catch (Exception cannot) when (cannot is IOException or FormatException or InvalidDataException)
        {
            // A port in use, or a settings file that is no JSON.
            await error.WriteLineAsync($"Cannot start: {cannot.Message.ReplaceLineEndings(" ")}");
        }

        return 1;
    }

    /// <summary>Puts the server together; nothing listens yet.</summary>
    /// <exception cref="StartException">The options hold mistakes.</exception>
    public static WebApplication Build(CommandLine line, Action<IServiceCollection>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(line.Settings);
        ServerSettings settings = ServerSettings.Read(builder.Configuration, line.Mistakes);
        builder.Host.UseSerilog((context, log) => log.ReadFrom.Configuration(context.Configuration).WriteTo.Console(formatProvider: CultureInfo.InvariantCulture));
        ServerServices.Add(builder.Services, settings, builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel => Listening.Open(kestrel, settings));
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = ListenSocket.Create);
        configure?.Invoke(builder.Services);
        WebApplication app = builder.Build();
        ServerServices.Map(app);
        return app;
    }
}
