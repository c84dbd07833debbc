using Pikku.Akka;
using Pikku.Akka.Host;

return args is [Health.Command, .. var settings] ? await Health.CheckAsync(settings) : await HostApp.Create(args).RunPikkuAsync(args);
