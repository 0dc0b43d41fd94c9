// The common :names: of emoji; an unknown name is shown as it was typed.

const TABLE = `
+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|clap 👏|raised_hands 🙌|pray 🙏|ok_hand 👌|wave 👋|muscle 💪|point_right 👉|point_left 👈
point_up 👆|point_down 👇|handshake 🤝|eyes 👀|smile 😄|grinning 😀|slightly_smiling_face 🙂|wink 😉|joy 😂|sweat_smile 😅|thinking_face 🤔
thinking 🤔|neutral_face 😐|cry 😢|sob 😭|angry 😠|scream 😱|sunglasses 😎|heart_eyes 😍|sleeping 😴|exploding_head 🤯|robot_face 🤖|ghost 👻
heart ❤️|broken_heart 💔|fire 🔥|tada 🎉|sparkles ✨|star ⭐|boom 💥|zap ⚡|rocket 🚀|bug 🐛|gear ⚙️|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|no_entry ⛔|no_entry_sign 🚫|warning ⚠️
question ❓|grey_question ❔|exclamation ❗|grey_exclamation ❕|interrobang ⁉️|information_source ℹ️|bangbang ‼️|sos 🆘|octagonal_sign 🛑
hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|alarm_clock ⏰|timer_clock ⏲️|clock1 🕐|calendar 📅|date 📅|spiral_calendar_pad 🗓️
red_circle 🔴|large_blue_circle 🔵|blue_circle 🔵|large_green_circle 🟢|green_circle 🟢|large_yellow_circle 🟡|large_orange_circle 🟠|white_circle ⚪
black_circle ⚫|large_orange_diamond 🔶|small_orange_diamond 🔸|large_blue_diamond 🔷|small_blue_diamond 🔹|white_square 🔲|white_small_square ▫️
arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrows_counterclockwise 🔄|arrows_clockwise 🔃|repeat 🔁|leftwards_arrow_with_hook ↩️
rewind ⏪|fast_forward ⏩|arrow_forward ▶️|double_vertical_bar ⏸️|black_square_for_stop ⏹️|new 🆕|ok 🆗|up 🆙|cool 🆒|100 💯
bell 🔔|no_bell 🔕|mega 📣|loudspeaker 📢|speech_balloon 💬|thought_balloon 💭|lock 🔒|unlock 🔓|key 🔑|shield 🛡️|link 🔗|pushpin 📌|round_pushpin 📍
memo 📝|pencil 📝|pencil2 ✏️|clipboard 📋|book 📖|books 📚|bookmark 🔖|label 🏷️|page_facing_up 📄|file_folder 📁|open_file_folder 📂|mag 🔍
chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|computer 💻|desktop_computer 🖥️|floppy_disk 💾|package 📦|satellite 🛰️
bulb 💡|battery 🔋|electric_plug 🔌|phone 📞|telephone_receiver 📞|pager 📟|email 📧|envelope ✉️|inbox_tray 📥|outbox_tray 📤|wastebasket 🗑️
construction 🚧|rotating_light 🚨|police_car 🚓|ambulance 🚑|fire_engine 🚒|truck 🚚|ship 🚢|airplane ✈️|traffic_light 🚦|vertical_traffic_light 🚦
cloud ☁️|sunny ☀️|rainbow 🌈|umbrella ☔|snowflake ❄️|ocean 🌊|earth_americas 🌎|globe_with_meridians 🌐|seedling 🌱|evergreen_tree 🌲
coffee ☕|beer 🍺|pizza 🍕|cake 🍰|birthday 🎂|cookie 🍪|gift 🎁|trophy 🏆|medal 🏅|dart 🎯|checkered_flag 🏁|triangular_flag_on_post 🚩
bricks 🧱|test_tube 🧪|microscope 🔬|brain 🧠|technologist 🧑‍💻|office 🏢|house 🏠|moneybag 💰|credit_card 💳|eyeglasses 👓|see_no_evil 🙈|fingers_crossed 🤞
`;

const EMOJI = new Map(
  TABLE.trim()
    .split(/[|\n]/)
    .map((entry) => entry.split(" ")),
);

/** The names of all, each character once, under its first name. */
export const ALL_EMOJI = [...EMOJI.keys()].filter(
  (name, index, names) => names.findIndex((one) => EMOJI.get(one) === EMOJI.get(name)) === index,
);

/** The character of an emoji's name (a skin tone after it is left out), or null. */
export function emoji(name) {
  return EMOJI.get(name.split("::")[0]) ?? null;
}

/** The character of an emoji's name, or the name between colons. */
export function emojiText(name) {
  return emoji(name) ?? `:${name}:`;
}

/** The text with all known :names: replaced. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+'-]+(?:::skin-tone-\d)?):/g, (typed, name) => emoji(name) ?? typed);
}
