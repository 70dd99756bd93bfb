# The server with the embedded checkpoints:
#   docker build -t qwenvl-grpc .
#   docker run --rm -p 8000:8000 -p 8001:8001 -p 8002:8002 -v qwenvl-engines:/cache qwenvl-grpc
# A checkpoint of your own: -v /models/Qwen3-VL-4B-Instruct:/model:ro … qwenvl-grpc --model-path /model
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /source
COPY . .
RUN dotnet publish server/QwenVl.Server -c Release -r linux-x64 --self-contained false -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble
# OpenCV's native library is linked against GTK 3; without it the server decodes with Skia.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgtk-3-0t64 \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir /cache && chown "$APP_UID" /cache
COPY --from=build /app /app
USER $APP_UID
VOLUME /cache
EXPOSE 8000 8001 8002
ENTRYPOINT ["dotnet", "/app/QwenVl.Server.dll", "--engine-cache", "/cache"]
