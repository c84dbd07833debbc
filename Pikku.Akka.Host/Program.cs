using Pikku.Akka.Host;

await HostApp.Create(args).RunAsync();
