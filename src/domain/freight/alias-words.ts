/** First words of aliases. */
export const adjectives: readonly string[] = (
  'able agile alert amber ample aqua azure bold brave brief bright brisk broad bronze calm candid ' +
  'careful cheerful chilly civil clean clear clever coastal cobalt copper cosmic cozy crisp curious ' +
  'daring dashing deft delicate distant dreamy dusty eager early earnest easy elated electric ' +
  'elegant emerald epic even exact fair famous fancy fearless festive fierce fine firm fluent ' +
  'flying fond frank fresh frosty gallant gentle gifted glad gleaming golden graceful grand great ' +
  'green happy hardy hasty hearty helpful honest hopeful humble icy ideal indigo iron ivory jade ' +
  'jaunty jolly jovial joyful keen kind lasting lavender lean light lively loyal lucid lucky lunar ' +
  'magenta major maroon mellow merry mighty mild mindful misty modest mossy neat nimble noble ' +
  'northern olive open orange patient peaceful pearl placid plucky polished polite proud prudent ' +
  'pure quick quiet radiant rapid ready regal restful robust rosy royal ruby rustic sandy sapphire ' +
  'scarlet serene sharp shining silent silver simple sleek smart smooth snowy solar solid southern ' +
  'spry stable starry steady stellar stoic sturdy sunny swift tall teal tender thankful tidy ' +
  'tireless tranquil trusty upbeat valiant velvet vivid warm wary western wild willing windy wise ' +
  'witty woolly young zesty'
).split(' ');

/** Second words of aliases. */
export const animals: readonly string[] = (
  'aardvark albatross alpaca anchovy antelope armadillo axolotl badger barracuda bat bear beaver ' +
  'bee beetle bison boar bobcat buffalo bullfinch bumblebee butterfly buzzard camel canary capybara ' +
  'caribou cat caterpillar catfish chameleon chamois cheetah chickadee chinchilla chipmunk cicada ' +
  'clam cobra cod condor coral cougar cow coyote crab crane cricket crow cuckoo curlew deer dingo ' +
  'dolphin donkey dormouse dove dragonfly duck eagle earwig echidna eel egret elephant elk emu ' +
  'ermine falcon ferret finch firefly flamingo fox frog gazelle gecko gerbil gibbon giraffe gnu ' +
  'goat goldfinch goose gopher grasshopper grouse gull hamster hare hawk hedgehog heron herring ' +
  'hippo hornet horse hound hyena ibex ibis iguana impala jackal jackdaw jaguar jay jellyfish ' +
  'kestrel kingfisher kiwi koala kudu ladybug lark lemming lemur leopard lion lizard llama lobster ' +
  'loon lynx lyrebird macaw magpie mallard manatee mandrill mantis marlin marmot marten meerkat ' +
  'mink minnow mole mongoose moose moth mouse mule narwhal newt nightingale nuthatch ocelot octopus ' +
  'okapi opossum orca oriole osprey ostrich otter owl ox oyster panda panther parrot partridge ' +
  'peacock pelican penguin perch pheasant pig pigeon pika pike piranha platypus plover pony ' +
  'porcupine porpoise puffin puma quail quetzal rabbit raccoon ram raven ray reindeer rhino robin ' +
  'rook salamander salmon sandpiper sardine scallop seahorse seal shark sheep shrew shrimp skunk ' +
  'sloth snail sparrow spider squid squirrel starling stingray stoat stork swallow swan swift tapir ' +
  'termite tern tiger toad tortoise toucan trout tuna turkey turtle viper vole vulture wallaby ' +
  'walrus warbler wasp weasel whale wildcat wolf wolverine wombat woodpecker wren yak zebra'
).split(' ');
